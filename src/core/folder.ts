// A folder that is made where it is missing, step by step, each of them synced into the one that holds it: a file in it
// is no safer than its name.

import { closeSync, fsyncSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** Throws as the system does. Not `recursive`: below /proc that would never end. */
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
    // Whoever may write into a folder need not be able to read it; then the system syncs it in its own time.
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error
  }
}
