import qrcode from "qrcode-generator";
import type { VNode } from "preact";

const MARGIN = 4;

/** A QR code, drawn as one path: no image comes from anywhere. Black on white in dark colours too: scanners want it. */
export function QrCode({ value, label }: { readonly value: string; readonly label: string }): VNode {
  const code = qrcode(0, "M");
  code.addData(value);
  code.make();
  const size = code.getModuleCount();
  const squares: string[] = [];
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1)
      if (code.isDark(y, x)) squares.push(`M${x + MARGIN} ${y + MARGIN}h1v1h-1z`);
  }
  const side = size + 2 * MARGIN;
  return (
    <svg
      class="qr"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${side} ${side}`}
      shape-rendering="crispEdges"
    >
      <rect width={side} height={side} fill="#fff" />
      <path d={squares.join("")} fill="#000" />
    </svg>
  );
}
