// Makes a missing folder and its missing parents, and syncs each into its parent: a file survives a crash only if its
// name does.

import { closeSync, fsyncSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** Throws what the system throws. Does not use `recursive`, which never ends below /proc. */
export const makeFolder = (folder: string): void => {
  const path = resolve(folder)
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return
  const parent = dirname(path)
  if (parent !== path) makeFolder(parent)
  mkdirSync(path, { mode: 0o700 })
  syncFolder(parent)
}

const syncFolder = (folder: string): void => {
  try {
    const descriptor = openSync(folder, 'r')
    fsyncSync(descriptor)
    closeSync(descriptor)
  } catch (error) {
    // A user may be allowed to write into a folder but not to read it. Then the system syncs it in its own time.
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error
  }
}
