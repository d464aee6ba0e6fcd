import { Connection } from '@temporalio/client';
import type { NativeConnectionOptions } from '@temporalio/worker';
import { isLoopback } from '../../model/text.js';

/** Connects to Temporal. gRPC for Node asks the proxy of the environment also for this machine itself, unless it is told not to. */
export function connectTo(
  options: NativeConnectionOptions & { readonly connectTimeout?: number },
): Promise<Connection> {
  const isHere = options.address !== undefined && isLoopback(`http://${options.address}`);
  return Connection.connect({ ...options, ...(isHere ? { channelArgs: { 'grpc.enable_http_proxy': 0 } } : {}) });
}
