import { ApiError, refused } from "./api.js";

/**
 * Sends a file as it is, and tells how much of it has left. `fetch` cannot tell that of what it sends.
 *
 * @param onProgress of 1; 1: all of it has left, and the answer is awaited.
 * @throws {ApiError}
 */
export function sendFile<Answer>(
  path: string,
  file: Blob,
  onProgress: (share: number) => void,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/api/${path}`);
    request.responseType = "blob";
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = ({ loaded, total }) => {
      onProgress(total === 0 ? 1 : loaded / total);
    };
    request.onerror = () => {
      reject(new ApiError("unreachable", "the service did not answer"));
    };
    request.onload = () => {
      answerOf<Answer>(request.status, request.response as Blob).then(resolve, reject);
    };
    request.send(file);
  });
}

async function answerOf<Answer>(status: number, body: Blob): Promise<Answer> {
  const isJson = body.type.includes("json");
  const answer: unknown = isJson ? JSON.parse(await body.text()) : body;
  if (status >= 200 && status < 300) return answer as Answer;
  throw refused(isJson ? answer : null);
}
