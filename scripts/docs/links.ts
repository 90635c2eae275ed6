import { PassThrough } from "node:stream";
import { remark } from "remark";
import remarkGfm from "remark-gfm";
import remarkValidateLinks from "remark-validate-links";
import { engine, type Options } from "unified-engine";

/**
 * Links that lead nowhere: no such file, or no such heading in it. Links to other hosts are not looked at.
 *
 * @param files paths from `root`; of a file that is not among them no headings are known.
 */
export async function deadLinks(root: string, files: readonly string[]): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    engine(
      {
        processor: remark(),
        cwd: root,
        files: [...files],
        plugins: [remarkGfm, [remarkValidateLinks, { repository: false, root }]] as Options["plugins"],
        detectConfig: false,
        output: false,
        out: false,
        // Its own report of what is found: nobody reads it.
        streamError: new PassThrough().resume(),
      },
      (error, _code, context) => {
        if (error) {
          reject(error);
          return;
        }
        const found = context?.files ?? [];
        resolve(
          found.flatMap(({ path, messages }) =>
            messages.map(({ line, reason }) => `${path}:${line ?? ""}: ${reason}`),
          ),
        );
      },
    );
  });
}
