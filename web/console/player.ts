import { signal } from "@preact/signals";
import { ask } from "./api.js";

/** What is being played, by the path that it came from; one at a time. */
export const playing = signal<string | null>(null);

let stopCurrent: () => void = () => undefined;

/** Fetches a sound and plays it, in the place of what is being played. @throws {ApiError} */
export async function play(path: string): Promise<void> {
  stopPlaying();
  playing.value = path;
  try {
    const sound = await ask<Blob>("GET", path);
    // Somebody has asked for another, or for silence, meanwhile.
    if (playing.peek() !== path) return;
    await start(sound);
  } catch (error) {
    if (playing.peek() === path) stopPlaying();
    throw error;
  }
}

export function stopPlaying(): void {
  stopCurrent();
  stopCurrent = () => undefined;
  playing.value = null;
}

async function start(sound: Blob): Promise<void> {
  const url = URL.createObjectURL(sound);
  const audio = new Audio(url);
  stopCurrent = () => {
    audio.onended = null;
    audio.pause();
    URL.revokeObjectURL(url);
  };
  audio.onended = stopPlaying;
  await audio.play();
}
