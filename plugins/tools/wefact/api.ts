// WeFact's API, by its own key.

import { askingBy } from '../../sisters/tool.ts'
import type { Settings } from './settings.ts'

export { ask } from '../../sisters/api.ts'

export const { load, idOf, pdf, missed, check } = askingBy(({ WEFACT_KEY: key, WEFACT_API_URL: url }: Settings) => ({
  vendor: 'WeFact',
  variable: 'WEFACT_KEY',
  key,
  url: `${url}/` // without the slash it would answer with a redirect
}))
