/** Why Temporal cannot be reached. gRPC says only that it has not connected in time, so a look of our own says the rest. */
import { connect, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ConnectionOptions } from '@temporalio/client';
import { isLoopback } from '../model/soar-access.js';

/** What a person sets to mend it. */
export interface SettingNames {
  readonly address: string;
  readonly tlsOn: string;
  readonly tlsOff: string;
  readonly authority: string;
  readonly serverName: string;
  readonly clientCertificate: string;
  readonly key: string;
}

/** As the environment has them. */
export const TEMPORAL_VARIABLES: SettingNames = {
  address: 'TEMPORAL_ADDRESS',
  tlsOn: 'TEMPORAL_TLS=true',
  tlsOff: 'TEMPORAL_TLS=false',
  authority: 'TEMPORAL_TLS_SERVER_CA_CERT_PATH',
  serverName: 'TEMPORAL_TLS_SERVER_NAME',
  clientCertificate: 'TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH',
  key: 'TEMPORAL_API_KEY',
};

/** As `SoarRunner.connect` takes them. */
export const CONNECTION_OPTIONS: SettingNames = {
  address: 'address',
  tlsOn: 'tls: true',
  tlsOff: 'tls: false',
  authority: 'tls.serverRootCACertificate',
  serverName: 'tls.serverNameOverride',
  clientCertificate: 'tls.clientCertPair',
  key: 'apiKey',
};

/** The part of the options that says where Temporal is and how to talk to it, of any client. */
export type Target = Pick<ConnectionOptions, 'address' | 'tls' | 'apiKey'>;

/**
 * The reason and the setting to change, as a sentence without its full stop.
 *
 * @param error what connecting failed with
 */
export async function whyUnreachable(target: Target, error: unknown, names: SettingNames): Promise<string> {
  const message = error instanceof Error ? error.message : String(error);
  const url = `http://${target.address ?? '127.0.0.1'}`;
  // Temporal's client takes no such address, and says so.
  if (error instanceof TypeError || !URL.canParse(url))
    return `${message}. Set ${names.address} to host and port, as temporal.example.com:7233`;
  if (/UNAUTHENTICATED|PERMISSION_DENIED/.test(causeOf(error)))
    return `it refuses this client (${causeOf(error)}). Check ${names.key}, or ${names.clientCertificate}`;
  const seen = await look(target, isTls(target));
  if (seen === 'answers') return isLoopback(url) ? message : throughProxy(message, names);
  return isTls(target) ? reasonWithTls(seen, names) : reasonWithoutTls(target, seen, names);
}

function causeOf(error: unknown): string {
  return error instanceof Error && error.cause instanceof Error ? error.cause.message : '';
}

/** A key without a word on TLS means TLS, as Temporal's client takes it. */
function isTls({ tls, apiKey }: Target): boolean {
  return Boolean(tls ?? apiKey !== undefined) && tls !== null;
}

const PROXIES = ['grpc_proxy', 'https_proxy', 'http_proxy'];

/** gRPC asks a proxy of the environment; the look does not. */
function throughProxy(message: string, names: SettingNames): string {
  const proxy = PROXIES.find((name) => process.env[name]);
  if (proxy === undefined) return `${message}. Check ${names.address}`;
  return `something answers there, but gRPC goes through the proxy of ${proxy}: add its host to no_proxy`;
}

const LOOK_MS = 3_000;
const DEFAULT_PORT = '7233';

/** What a client of HTTP/2, as gRPC is, begins with: the preface, and settings without one. */
const BEGINNING = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0', 'latin1');
/** The type of the frame that a server answers with first. */
const [TYPE_AT, SETTINGS] = [3, 4];

/** `answers`, `silence`, `other`, or the code of the error. Nothing is sent but the beginning. */
function look(target: Target, withTls: boolean, isChecked = true): Promise<string> {
  return new Promise((resolve) => {
    try {
      const socket = open(target, withTls, isChecked);
      const end = (seen: string): void => {
        resolve(seen);
        socket.destroy();
      };
      socket.setTimeout(LOOK_MS, end.bind(undefined, 'silence'));
      socket.once(withTls ? 'secureConnect' : 'connect', () => socket.write(BEGINNING));
      socket.once('data', (bytes: Buffer) => {
        end(bytes[TYPE_AT] === SETTINGS ? 'answers' : 'other');
      });
      socket.on('error', (error: NodeJS.ErrnoException) => {
        end(error.code ?? error.message);
      });
      socket.once('close', end.bind(undefined, 'ECONNRESET'));
    } catch (error) {
      resolve(error instanceof Error && 'code' in error ? String(error.code) : 'ERR_OSSL');
    }
  });
}

function open({ address, tls }: Target, withTls: boolean, isChecked: boolean): Socket {
  const url = new URL(`http://${address ?? '127.0.0.1'}`);
  const place = { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || DEFAULT_PORT) };
  if (!withTls) return connect(place);
  const {
    serverRootCACertificate: ca,
    serverNameOverride,
    clientCertPair,
  } = typeof tls === 'object' ? (tls ?? {}) : {};
  return connectTls({
    ...place,
    ALPNProtocols: ['h2'],
    servername: serverNameOverride ?? (isIP(place.host) ? '' : place.host),
    rejectUnauthorized: isChecked,
    ...(ca ? { ca: Buffer.from(ca) } : {}),
    ...(clientCertPair ? { cert: Buffer.from(clientCertPair.crt), key: Buffer.from(clientCertPair.key) } : {}),
  });
}

const NO_WAY = /^(E(CONNREFUSED|HOSTUNREACH|NETUNREACH|TIMEDOUT|ADDRNOTAVAIL|ACCES|INVAL)|ERR_SOCKET_BAD_PORT)$/;
const NO_NAME = /^(ENOTFOUND|EAI_\w+)$/;
const NO_TLS = /^(EPROTO|ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|INVALID_\w+|HTTP_REQUEST))$/;
const TLS_ALERT = /^ERR_SSL_(?!.*NO_APPLICATION_PROTOCOL)\w*(ALERT|CERTIFICATE_REQUIRED)/;
const UNUSABLE = /^ERR_(OSSL|CRYPTO|TLS_CERT_OR_KEY)/;

/** The same with TLS and without: nobody is there. */
function withoutWay(seen: string, { address }: SettingNames): string | undefined {
  if (NO_NAME.test(seen)) return `no host of this name is known (${seen}). Set ${address} to where it is`;
  if (NO_WAY.test(seen)) return `nothing answers there (${seen}). Set ${address} to where it is`;
  return undefined;
}

function reasonWithTls(seen: string, names: SettingNames): string {
  const nobody = withoutWay(seen, names);
  if (nobody !== undefined) return nobody;
  if (NO_TLS.test(seen))
    return `no TLS is spoken there (${seen}). Set ${names.tlsOff}, or ${names.address} to another port`;
  if (seen === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `its certificate is for another name. Set ${names.address} to a name in the certificate, or ${names.serverName} to it`;
  if (seen === 'CERT_HAS_EXPIRED' || seen === 'CERT_NOT_YET_VALID')
    return `its certificate is not valid now (${seen}). It must be renewed there, or the clock of this machine set right`;
  if (UNUSABLE.test(seen))
    return `the certificates given cannot be used (${seen}). Check ${names.authority}, and ${names.clientCertificate}`;
  if (TLS_ALERT.test(seen)) return `it refuses the TLS of this client (${seen}). Set ${names.clientCertificate}`;
  if (/CERT|ISSUER|LEAF_SIGNATURE/.test(seen))
    return `its certificate is not trusted (${seen}). Set ${names.authority} to the authority that signed it`;
  return noTemporal(seen, names);
}

async function reasonWithoutTls(target: Target, seen: string, names: SettingNames): Promise<string> {
  const nobody = withoutWay(seen, names);
  if (nobody !== undefined) return nobody;
  const withTls = await look(target, true, false);
  if (withTls === 'answers' || TLS_ALERT.test(withTls))
    return `TLS is spoken there. Set ${names.tlsOn}, and ${names.authority} if a private authority signed its certificate`;
  return noTemporal(seen, names);
}

function noTemporal(seen: string, { address }: SettingNames): string {
  const what =
    seen === 'silence'
      ? 'something listens there, but does not answer'
      : `what answers there is no Temporal${seen === 'other' ? '' : ` (${seen})`}`;
  return `${what}. Set ${address} to where Temporal’s gRPC port is, by default 7233`;
}
