// The tools are the files of plugins/tools. Nothing is listed anywhere else.

import { readdir } from 'node:fs/promises'
import type { Tool } from '../src/tool.ts'

const folder = new URL('./tools/', import.meta.url)

export const loadTools = async (): Promise<Tool[]> => {
  const files = (await readdir(folder)).filter(file => file.endsWith('.ts')).sort()
  return Promise.all(files.map(file => import(new URL(file, folder).href) as Promise<Tool>))
}
