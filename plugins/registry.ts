// The tools are the files of plugins/tools. Nothing is listed anywhere else.

import { readdir } from 'node:fs/promises'
import type { z } from 'zod'
import type { ToolModule } from '../src/tool.ts'

const folder = new URL('./tools/', import.meta.url)

export const loadTools = async (): Promise<ToolModule[]> => {
  const files = (await readdir(folder)).filter(file => file.endsWith('.ts')).sort()
  return Promise.all(files.map(file => import(new URL(file, folder).href) as Promise<ToolModule>))
}

/** Each tool's share of the environment, for `readConfig`. */
export const settingsOf = (modules: ToolModule[]): Record<string, z.ZodObject> =>
  Object.fromEntries(modules.map(({ tool }) => [tool.name, tool.settings]))
