import { z } from 'zod';

/** Somebody who can sign in (`normal`) or a token's owner (`automation`), as `/rest/ph_user` lists them. */
export const userSchema = z.object({
  id: z.int(),
  username: z.string().min(1),
  email: z.string().default(''),
  first_name: z.string().default(''),
  last_name: z.string().default(''),
  is_active: z.boolean().default(true),
  type: z.enum(['normal', 'automation']).default('normal'),
  version: z.int().default(1),
});
