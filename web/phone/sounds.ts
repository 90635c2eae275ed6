/** Hz of the two tones of each key (ITU-T Q.23). */
const ROWS = [697, 770, 852, 941];
const COLUMNS = [1209, 1336, 1477];
export const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"] as const;
export type Key = (typeof KEYS)[number];

const KEY_S = 0.12;
const WAKE_MS = 1_000;
const QUIET = 0.08;
/** The ringing tone of Japan: 400 Hz, beaten 16 times a second, one second of three (ITU-T E.180 Supplement 2). */
const RINGING = { hz: 400, beatHz: 16, onS: 1, everyS: 3 };

/** What the telephone itself lets one hear, what it says where it has no microphone, and how loud the call is. */
export class Sounds {
  readonly #context = new AudioContext();
  readonly #loudspeaker = new Audio();
  #analyser: AnalyserNode | undefined;
  #samples = new Float32Array(0);
  #source: MediaStreamAudioSourceNode | undefined;
  #ring: { readonly timer: number; stop: () => void } | undefined;

  /**
   * Browsers let no page sound before somebody has touched it: to be called for a click. Firefox says nothing at all
   * where there is nothing to sound by; the telephone rings and keys all the same.
   */
  async wake(): Promise<void> {
    const enough = new Promise((resolve) => {
      window.setTimeout(resolve, WAKE_MS);
    });
    await Promise.race([this.#context.resume(), enough]);
  }

  /** A microphone that hears nothing: frames of silence, so that there is a stream to put keys in. */
  silence(): MediaStream {
    const destination = this.#context.createMediaStreamDestination();
    const nothing = new ConstantSourceNode(this.#context, { offset: 0 });
    nothing.connect(destination);
    nothing.start();
    return destination.stream;
  }

  key(key: Key): void {
    const nth = KEYS.indexOf(key);
    for (const hz of [ROWS[Math.floor(nth / 3)], COLUMNS[nth % 3]]) this.#tone(hz ?? 0, KEY_S);
  }

  startRinging(): void {
    if (this.#ring !== undefined) return;
    let stop = this.#ringOnce();
    const timer = window.setInterval(() => {
      stop = this.#ringOnce();
    }, RINGING.everyS * 1000);
    this.#ring = {
      timer,
      stop: () => {
        stop();
      },
    };
  }

  stopRinging(): void {
    if (this.#ring === undefined) return;
    window.clearInterval(this.#ring.timer);
    this.#ring.stop();
    this.#ring = undefined;
  }

  /** Lets the other end be heard. */
  hear(stream: MediaStream): void {
    this.#loudspeaker.srcObject = stream;
    // Refused where nobody has touched the page; there was a click before any call.
    this.#loudspeaker.play().catch(() => undefined);
    this.#source?.disconnect();
    this.#source = this.#context.createMediaStreamSource(stream);
    this.#analyser = new AnalyserNode(this.#context, { fftSize: 1024 });
    this.#samples = new Float32Array(this.#analyser.fftSize);
    this.#source.connect(this.#analyser);
  }

  hearNothing(): void {
    this.#loudspeaker.srcObject = null;
    this.#source?.disconnect();
    this.#source = undefined;
    this.#analyser = undefined;
  }

  /** How loud the other end is now: 0, silence, to 1; by ear, so the root of the mean square in decibels from -60 to 0. */
  level(): number {
    if (this.#analyser === undefined) return 0;
    this.#analyser.getFloatTimeDomainData(this.#samples);
    let sum = 0;
    for (const sample of this.#samples) sum += sample * sample;
    const decibels = 10 * Math.log10(sum / this.#samples.length + 1e-9);
    return Math.min(1, Math.max(0, (decibels + 60) / 60));
  }

  #tone(hz: number, seconds: number): void {
    const oscillator = new OscillatorNode(this.#context, { frequency: hz });
    const gain = new GainNode(this.#context, { gain: QUIET });
    oscillator.connect(gain).connect(this.#context.destination);
    oscillator.start();
    oscillator.stop(this.#context.currentTime + seconds);
  }

  #ringOnce(): () => void {
    const end = this.#context.currentTime + RINGING.onS;
    const tone = new OscillatorNode(this.#context, { frequency: RINGING.hz });
    const beat = new OscillatorNode(this.#context, { frequency: RINGING.beatHz });
    const depth = new GainNode(this.#context, { gain: QUIET / 2 });
    const gain = new GainNode(this.#context, { gain: QUIET / 2 });
    beat.connect(depth).connect(gain.gain);
    tone.connect(gain).connect(this.#context.destination);
    for (const oscillator of [tone, beat]) {
      oscillator.start();
      oscillator.stop(end);
    }
    return () => {
      for (const oscillator of [tone, beat]) oscillator.stop();
    };
  }
}
