import { Connection } from '@temporalio/client';
import type { ConnectionOptions } from '@temporalio/client';
import { isLoopback } from '../model/text.js';

/** Connects to Temporal. gRPC for Node asks the proxy of the environment also for this machine itself, unless it is told not to. */
export function connectTo(options: ConnectionOptions): Promise<Connection> {
  const isHere = isLoopback(`http://${options.address ?? 'localhost'}`);
  const direct = { channelArgs: { ...options.channelArgs, 'grpc.enable_http_proxy': 0 } };
  return Connection.connect({ ...options, ...(isHere ? direct : {}) });
}
