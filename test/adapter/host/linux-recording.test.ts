import { describeLinuxRecording } from './linux-recording.ts';

const small = { kernel: 'small-kernel', memory: 64 } as const;

describeLinuxRecording({ ...small, title: 'the small Linux', firmware: undefined });
describeLinuxRecording({ ...small, title: 'the small Linux on OpenSBI', firmware: 'opensbi-debian-13' });
