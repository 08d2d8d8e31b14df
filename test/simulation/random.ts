// Chance from a seed: every decision of a simulated run comes from here, so that the seed is the run.

export type Random = {
  /** From 0 up to 1, without 1 itself. */
  next: () => number
  /** A whole number between both, inclusive. */
  int: (min: number, max: number) => number
  chance: (probability: number) => boolean
  pick: <T>(from: readonly T[]) => T
  /** Another stream, so that what one part draws does not change what the others get. */
  fork: () => Random
}

/** sfc32: small, fast, and good enough for this. */
export const createRandom = (seed: number): Random => {
  let [a, b, c, d] = [0x9e3779b9, 0x243f6a88, 0xb7e15162, seed | 0]
  const draw = (): number => {
    const sum = (a + b + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return sum >>> 0
  }
  // Neighbouring seeds differ in one word: mixes until no trace of that is left.
  for (let round = 0; round < 15; round += 1) draw()

  const next = () => draw() / 2 ** 32
  return {
    next,
    int: (min, max) => min + Math.floor(next() * (max - min + 1)),
    chance: probability => next() < probability,
    pick: from => from[Math.floor(next() * from.length)]!,
    fork: () => createRandom(draw())
  }
}

/** A number that looks like chance, but is always the same for the same text. */
export const hashOf = (text: string): number => {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return (hash ^ (hash >>> 15)) >>> 0
}
