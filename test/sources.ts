// The project's files, as the tests that judge them see them.

import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../', import.meta.url))

export const files = (...patterns: string[]): string[] => globSync(patterns, { cwd: root }).toSorted()

export const textOf = (file: string): string => readFileSync(join(root, file), 'utf8')

/** Without comments: a rule is about what runs. Strings stay. */
export const codeOf = (file: string): string =>
  textOf(file)
    .replace(/\/\*.*?\*\//gs, '')
    .replace(/^\s*\/\/.*$|\s\/\/ .*$/gm, '')

/** What a file imports, types included: paths from the root of the project, and the names of packages. */
export const importsOf = (file: string): string[] =>
  [...codeOf(file).matchAll(/^(?:import|export)\b[^'"]*?from '([^']+)'|\bimport\('([^']+)'\)/gms)]
    .map(([, stated, loaded]) => stated ?? loaded ?? '')
    .map(to => (to.startsWith('.') ? join(dirname(file), to) : to))
