import { recordingAsWav } from "./recording-as-wav.js";

/** How often the level is told, ms. */
const LOOK_MS = 100;
/** The service takes nothing longer, and by what ends it here there is a little more than was counted. */
const SPARE_MS = 500;
/** dB below full scale that the level begins at. */
const RANGE_DB = 60;

export interface Take {
  /** Ends it; what was recorded comes by `onTaken`. */
  readonly finish: () => void;
  /** Gives it up. */
  readonly drop: () => void;
}

interface TakeListener {
  /** @param level from 0 to 1. */
  readonly onLevel: (level: number, seconds: number) => void;
  readonly onTaken: (wav: Blob) => void;
  readonly onFault: (error: unknown) => void;
}

/** Records, at most so long. Nothing is made louder or quieter by the browser: the service brings it to its level. */
export async function record(longestMs: number, tell: TakeListener): Promise<Take> {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false, channelCount: 1 },
  });
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(stream).connect(analyser);
  const recorder = new MediaRecorder(stream, { audioBitsPerSecond: 192_000 });
  const chunks: Blob[] = [];
  let isDropped = false;
  const stop = (): void => {
    if (recorder.state !== "inactive") recorder.stop();
  };
  const began = performance.now();
  const samples = new Float32Array(analyser.fftSize);
  const look = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const ms = performance.now() - began;
    tell.onLevel(levelOf(samples), ms / 1000);
    if (ms >= longestMs - SPARE_MS) stop();
  }, LOOK_MS);
  recorder.ondataavailable = ({ data }) => {
    chunks.push(data);
  };
  recorder.onstop = () => {
    clearInterval(look);
    for (const track of stream.getTracks()) track.stop();
    void context.close();
    if (isDropped) return;
    recordingAsWav(new Blob(chunks, { type: recorder.mimeType })).then(tell.onTaken, tell.onFault);
  };
  recorder.start();
  return {
    finish: stop,
    drop: () => {
      isDropped = true;
      stop();
    },
  };
}

function levelOf(samples: Float32Array): number {
  const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  const decibels = 20 * Math.log10(Math.max(peak, 1e-6));
  return Math.max(0, Math.min(1, 1 + decibels / RANGE_DB));
}
