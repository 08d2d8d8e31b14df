// Where invoices come from. The tools are the folders of plugins/tools: nothing lists them anywhere else.

import { readdir } from 'node:fs/promises'
import type { z } from 'zod'
import type { Source } from '../src/tools/source.ts'
import type { Tool } from '../src/tools/tool.ts'
import { intake } from './intake/index.ts'

const folder = new URL('./tools/', import.meta.url)

export const loadTools = async (): Promise<Tool[]> => {
  const names = (await readdir(folder)).sort()
  return Promise.all(
    names.map(async name => {
      const { tool } = (await import(new URL(`${name}/index.ts`, folder).href)) as { tool: Tool }
      return tool
    })
  )
}

/** The generic intake, and the tools. */
export const sourcesOf = (tools: readonly Tool[]): Source[] => [intake as object as Source, ...tools]

/** Each one's share of the environment, for `readConfig`. */
export const settingsOf = (tools: readonly Tool[]): Record<string, z.ZodObject> =>
  Object.fromEntries(sourcesOf(tools).map(({ name, settings }) => [name, settings]))
