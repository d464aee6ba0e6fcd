import { BOTH, EIGHT, runFile } from '../support/file-case.js';
import type { FileCase } from '../support/file-case.js';
import { Scratch } from '../support/scratch.js';

const SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

const scratch = new Scratch();
afterAll(() => scratch.remove());

type Case = FileCase<[refused?: RegExp]>;

/** Exports as these systems write them. */
const FILES: readonly Case[] = [
  [
    'FortiGate, a traffic log',
    'fortigate.log',
    'date=2024-05-01 time=10:00:00 devname="FGT" devid="FG100" logid="0000000013" type="traffic" srcip=8.8.8.8 srcport=5000 dstip=1.1.1.1 dstport=443 osversion="7.2.5.1" action="deny"\n',
    {},
    BOTH,
  ],
  [
    'FortiGate, a configuration',
    'fortigate.conf',
    'config firewall address\nedit "bad"\nset subnet 8.8.8.8 255.255.255.255\nnext\nedit "lan"\nset subnet 10.0.0.0 255.0.0.0\nnext\nend\n',
    {},
    [EIGHT],
  ],
  [
    'Palo Alto, an exported threat log',
    'log.csv',
    'Domain,Receive Time,Serial #,Type,Threat/Content Type,Source address,Destination address\n1,2024/05/01 10:00:00,0123,THREAT,vulnerability,8.8.8.8,10.0.0.1\n1,2024/05/01 10:00:01,0123,THREAT,spyware,1.1.1.1,10.0.0.1\n',
    { column: 'Source address' },
    BOTH,
  ],
  [
    'Palo Alto, the default column',
    'log.csv',
    'Domain,Receive Time,Type,Source address,Destination address\n1,2024/05/01 10:00:00,THREAT,8.8.8.8,10.0.0.1\n',
    { column: 'Source address' },
    [EIGHT],
    /has no column "ip"; .* did you mean --column 'Source address'\?/,
  ],
  [
    'Exchange, message tracking',
    'MSGTRK2024.LOG',
    '#Software: Microsoft Exchange Server\n#Version: 15.02.1118.007\n#Log-type: Message Tracking Log\n#Fields: date-time,client-ip,client-hostname,server-ip,event-id,sender-address,message-id\n2024-05-01T10:00:00.000Z,8.8.8.8,x,10.0.0.1,RECEIVE,a@x.example,<1@mail.example>\n#Fields: date-time,server-ip,client-ip,event-id,sender-address\n2024-05-01T11:00:00.000Z,10.0.0.1,1.1.1.1,RECEIVE,b@x.example\n',
    { column: 'client-ip' },
    BOTH,
  ],
  [
    'Proofpoint, a message log',
    'pps.log',
    '2024-05-01T10:00:00 mx1 filter_instance1[12]: rprt s=abc m=1 x=1 mod=session cmd=disconnect module= rule= ip=8.8.8.8 country=us lip=10.0.0.1 rcpts=1\n',
    { parameter: 'ip' },
    [EIGHT, '10.0.0.1'],
  ],
  [
    'Postfix, senders',
    'mail.log',
    'May  1 10:00:00 mx postfix/qmgr[1]: ABC: from=<ana@example.org>, size=1, nrcpt=1\nMay  1 10:00:01 mx postfix/cleanup[1]: ABC: message-id=<2024.1@mail.example>\n',
    { parameter: 'email' },
    ['ana@example.org'],
  ],
  [
    'CrowdStrike, detections as CSV',
    'detections.csv',
    'DetectId,ComputerName,LocalIP,ExternalIP,SHA256String\nldt:1,PC1,10.0.0.5,8.8.8.8,x\nldt:2,PC2,10.0.0.6,1.1.1.1,y\n',
    { column: 'ExternalIP' },
    BOTH,
  ],
  [
    'QRadar, a search as CSV',
    'qradar.csv',
    '"Event Name","Log Source","Source IP","Source Port","Destination IP"\n"Deny","ASA @ 10.0.0.1","8.8.8.8","5000","10.0.0.2"\n"Deny","ASA @ 10.0.0.1","1.1.1.1","5001","10.0.0.2"\n',
    { column: '3' },
    BOTH,
  ],
  [
    'Sysmon through Splunk, the hashes of processes',
    'sysmon.csv',
    `_time,host,Image,Hashes\n2024-05-01,PC1,C:\\x.exe,"MD5=${'0'.repeat(32)},SHA256=${SHA256},IMPHASH=${'0'.repeat(32)}"\n`,
    { parameter: 'hash', column: 'Hashes' },
    [SHA256],
  ],
  [
    'Microsoft 365, the unified audit log',
    'audit.csv',
    'CreationDate,UserIds,Operations,AuditData\n2024-05-01,ana,UserLoggedIn,"{""ClientIP"":""8.8.8.8"",""Id"":""a""}"\n2024-05-01,bob,UserLoggedIn,"{""ClientIP"":""[2001:db8::1]:443"",""Id"":""b""}"\n',
    { column: 'AuditData.ClientIP' },
    [EIGHT, '2001:db8::1'],
    /did you mean --column AuditData\.ClientIP\?/,
  ],
];

describe('an export of', () => {
  it.each(FILES.map((one) => [one[0], one] as const))(
    '%s is read',
    async (_what, [, name, content, options, sent, refused]) => {
      const outcome = await runFile(scratch, name, content, options);
      expect({ says: outcome.says, sent: outcome.sent }).toEqual({ says: outcome.says, sent });
      if (!refused) return;
      const { exit, says, sent: none } = await runFile(scratch, name, content);
      expect([exit, none]).toEqual([2, []]);
      expect(says).toMatch(refused);
    },
  );
});
