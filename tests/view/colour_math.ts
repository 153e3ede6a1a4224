/** Contrast, distance of colours, and how they look to people who see fewer of them. */

/** Ways of seeing colour. */
export type Vision = "normal" | "protanopia" | "deuteranopia" | "tritanopia";

/** Red, green, blue; from 0 to 1, linear in light. */
type Linear = readonly [red: number, green: number, blue: number];

/**
 * Machado, Oliveira and Fernandes (2009), A Physiologically-based Model for Simulation of Color Vision
 * Deficiency, severity 1.0.
 */
const MACHADO: Record<Exclude<Vision, "normal">, readonly Linear[]> = {
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** Contrast ratio of two colours, from 1 to 21, by WCAG 2.2. */
export function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** Relative luminance of `#rrggbb`, from 0 to 1, by WCAG 2.2. */
export function luminance(colour: string): number {
  const [red, green, blue] = linear(colour);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Distance of two colours as somebody sees them, in units of CIEDE2000. */
export function distance(a: string, b: string, vision: Vision = "normal"): number {
  return ciede2000(lab(see(linear(a), vision)), lab(see(linear(b), vision)));
}

/**
 * CIEDE2000 between two colours in CIE L*a*b*.
 *
 * @see Sharma, Wu and Dalal (2005), The CIEDE2000 Color-Difference Formula.
 */
export function ciede2000(
  [L1, a1, b1]: readonly number[],
  [L2, a2, b2]: readonly number[],
): number {
  const seventh = (chroma: number) => Math.sqrt(chroma ** 7 / (chroma ** 7 + 25 ** 7));
  const G = 0.5 * (1 - seventh((Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2));
  const [x1, x2] = [(1 + G) * a1, (1 + G) * a2];
  const [C1, C2] = [Math.hypot(x1, b1), Math.hypot(x2, b2)];
  const [h1, h2] = [hue(x1, b1), hue(x2, b2)], grey = C1 * C2 === 0;
  const dh = grey ? 0 : h2 - h1 > 180 ? h2 - h1 - 360 : h2 - h1 < -180 ? h2 - h1 + 360 : h2 - h1;
  const dH = 2 * Math.sqrt(C1 * C2) * sin(dh / 2);
  const [L, C] = [(L1 + L2) / 2, (C1 + C2) / 2], sum = h1 + h2;
  const h = grey ? sum : Math.abs(h1 - h2) <= 180 ? sum / 2 : (sum + (sum < 360 ? 360 : -360)) / 2;
  const T = 1 - 0.17 * cos(h - 30) + 0.24 * cos(2 * h) + 0.32 * cos(3 * h + 6) -
    0.2 * cos(4 * h - 63);
  const SL = 1 + 0.015 * (L - 50) ** 2 / Math.sqrt(20 + (L - 50) ** 2);
  const SC = 1 + 0.045 * C, SH = 1 + 0.015 * C * T;
  const RT = -2 * seventh(C) * sin(60 * Math.exp(-(((h - 275) / 25) ** 2)));
  const [l, c, H] = [(L2 - L1) / SL, (C2 - C1) / SC, dH / SH];
  return Math.sqrt(l ** 2 + c ** 2 + H ** 2 + RT * c * H);
}

function see(colour: Linear, vision: Vision): Linear {
  if (vision === "normal") return colour;
  const [red, green, blue] = MACHADO[vision].map((row) =>
    Math.min(1, Math.max(0, row[0] * colour[0] + row[1] * colour[1] + row[2] * colour[2]))
  );
  return [red, green, blue];
}

/** sRGB to linear light. */
function linear(colour: string): Linear {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const value = parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return [red, green, blue];
}

/** Linear light to CIE L*a*b*, white point D65. */
function lab([red, green, blue]: Linear): number[] {
  const f = (t: number) => t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116;
  const x = f((0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047);
  const y = f(0.2126729 * red + 0.7151522 * green + 0.072175 * blue);
  const z = f((0.0193339 * red + 0.119192 * green + 0.9503041 * blue) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function hue(a: number, b: number): number {
  const degrees = Math.atan2(b, a) * 180 / Math.PI;
  return degrees < 0 ? degrees + 360 : degrees;
}

function sin(degrees: number): number {
  return Math.sin(degrees * Math.PI / 180);
}

function cos(degrees: number): number {
  return Math.cos(degrees * Math.PI / 180);
}
