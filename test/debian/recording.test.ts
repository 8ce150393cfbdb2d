import { describeLinuxRecording } from '../adapter/host/linux-recording.ts';

const debian = { kernel: 'debian-kernel', memory: 256 } as const;

describeLinuxRecording({ ...debian, title: "Debian's Linux", firmware: undefined });
describeLinuxRecording({ ...debian, title: "Debian's Linux on Debian's OpenSBI", firmware: 'opensbi-debian-13' });
