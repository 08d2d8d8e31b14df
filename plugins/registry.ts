// The tools are the folders of plugins/tools. Nothing lists them anywhere else.

import { readdir } from 'node:fs/promises'
import type { z } from 'zod'
import type { ToolModule } from './tool-plugin.ts'

const folder = new URL('./tools/', import.meta.url)

export const loadTools = async (): Promise<ToolModule[]> => {
  const names = (await readdir(folder)).sort()
  return Promise.all(
    names.map(name => import(new URL(`${name}/index.ts`, folder).href) as Promise<ToolModule>)
  )
}

/** Each tool's share of the environment, for `readConfig`. */
export const settingsOf = (modules: ToolModule[]): Record<string, z.ZodObject> =>
  Object.fromEntries(modules.map(({ tool }) => [tool.name, tool.settings]))
