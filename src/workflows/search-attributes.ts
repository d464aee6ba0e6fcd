import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { SEARCH_ATTRIBUTES } from '../model/search-attributes.js';

const keyword = (name: string) => defineSearchAttributeKey(name, SearchAttributeType.KEYWORD);

/** Typed keys of {@link SEARCH_ATTRIBUTES}; all Keywords. */
export const KEYS = {
  action: keyword(SEARCH_ATTRIBUTES.action),
  actionRunId: keyword(SEARCH_ATTRIBUTES.actionRunId),
  containerId: keyword(SEARCH_ATTRIBUTES.containerId),
  state: keyword(SEARCH_ATTRIBUTES.state),
  batch: keyword(SEARCH_ATTRIBUTES.batch),
  progress: keyword(SEARCH_ATTRIBUTES.progress),
} as const;
