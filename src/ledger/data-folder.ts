// DATA_DIR: made if it is missing, and private. If this user cannot use it, it is refused with a reason here; the
// database would only say that it cannot be opened.

import { accessSync, chmodSync, constants, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { attempt } from '../core/attempt.ts'
import { BridgeError } from '../core/errors.ts'
import { makeFolder } from '../core/folder.ts'

// Never the lock file: the ledger recognises its disk by the time at which that file last changed, and a new mode
// changes that time, too. The file is empty, and a private folder around it makes it private as well.
const ownFiles = ['ledger.sqlite', 'ledger.sqlite-wal', 'ledger.sqlite-shm', 'ledger.sqlite.sent']
const lockFile = 'ledger.sqlite.lock'
const spoolFolder = 'spool'

/** Answers the folder. Throws LEDGER_UNREADABLE with what a person can do about it. */
export const openDataFolder = (folder: string): string => {
  try {
    makeFolder(folder)
  } catch (cause) {
    throw new BridgeError('LEDGER_UNREADABLE', `DATA_DIR cannot be made: ${reasonOf(cause, folder)}`, { cause })
  }
  refuseRoot(folder)
  const inside = [...ownFiles, lockFile, spoolFolder].map(name => join(folder, name))
  for (const path of [folder, ...inside.filter(isThere)]) refuseOthers(path)
  makePrivate(folder)
  return folder
}

/**
 * A person who checks a set-up may be root, as on a platform's console, while the service is not: the service cannot
 * read what root makes, and what root can open proves nothing. So the step runs as the owner of the folder, or of its
 * nearest parent that exists.
 */
export const asOwnerOf = async <T>(folder: string, step: () => Promise<T>): Promise<T> => {
  const { uid, gid } = statSync(nearest(folder))
  if (userId() !== 0 || uid === 0) return step()
  const groups = process.getgroups?.() ?? []
  process.setgroups?.([gid])
  process.setegid?.(gid)
  process.seteuid?.(uid)
  try {
    return await step()
  } finally {
    process.seteuid?.(0)
    process.setegid?.(0)
    process.setgroups?.(groups)
  }
}

/** The folder itself, or its nearest parent that exists. */
export const nearest = (folder: string): string => {
  const path = resolve(folder)
  return isThere(path) || dirname(path) === path ? path : nearest(dirname(path))
}

const isThere = (path: string): boolean => attempt(() => statSync(path)) !== undefined

/** Root may do everything here, but the owner could not read afterwards what root makes. */
const refuseRoot = (folder: string): void => {
  const { uid } = statSync(folder)
  if (userId() !== 0 || uid === 0) return
  throw new BridgeError(
    'LEDGER_UNREADABLE',
    `${folder} belongs to another user (${uid}; this is root, 0), who could not read what root writes there: run as its owner, or hand it over with \`chown -R 0 ${folder}\``
  )
}

const refuseOthers = (path: string): void => {
  if (mayUse(path)) return
  const message =
    statSync(path).uid === userId()
      ? `this user may not read and write ${path}: \`chmod -R u+rwX ${path}\``
      : `${path} belongs to another user (${statSync(path).uid}; this is ${userId()}): hand it over with \`chown -R ${userId()} ${path}\`, or run as its owner`
  throw new BridgeError('LEDGER_UNREADABLE', message)
}

const mayUse = (path: string): boolean => {
  const stat = statSync(path)
  const { R_OK, W_OK, X_OK } = constants
  const wanted = stat.isDirectory() ? R_OK | W_OK | X_OK : R_OK | W_OK
  // The system answers for the real user of the process. If it acts for the owner, the owner's bits are what counts.
  if (process.getuid?.() !== userId()) return ((stat.mode >> (stat.uid === userId() ? 6 : 0)) & wanted) === wanted
  try {
    accessSync(path, wanted)
    return true
  } catch {
    return false
  }
}

/** Closes what an earlier version made readable for every user of the machine. */
const makePrivate = (folder: string): void => {
  for (const path of [...ownFiles, spoolFolder].map(name => join(folder, name)).filter(isThere)) {
    const { mode, uid } = statSync(path)
    if (uid === userId() && (mode & 0o077) !== 0) chmodSync(path, mode & 0o700)
  }
}

const userId = (): number => process.geteuid?.() ?? 0

const reasonOf = (error: unknown, folder: string): string => {
  const { code, message } = error as NodeJS.ErrnoException
  const above = nearest(folder)
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return `this user (${userId()}) may not enter or write into ${above}`
    case 'EEXIST':
    case 'ENOTDIR':
      return `${above} is a file`
    case 'ENOENT':
      return `${above} takes no folders`
    default:
      return `${folder} (${code ?? message})`
  }
}
