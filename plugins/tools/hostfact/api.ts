// HostFact's API, by its own key.

import { askingBy } from '../../sisters/tool.ts'
import type { Settings } from './settings.ts'

export { ask } from '../../sisters/api.ts'

export const { load, idOf, pdf, missed, check } = askingBy(
  ({ HOSTFACT_KEY: key, HOSTFACT_API_URL: url }: Settings) => ({
    vendor: 'HostFact',
    variable: 'HOSTFACT_KEY',
    key,
    url
  })
)
