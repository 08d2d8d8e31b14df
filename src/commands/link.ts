// link, unlink: a person's word on whose a tool's customer is in the portal.

import { isCode } from '../core/errors.ts'
import { parseAsk } from './ask.ts'
import { type Command, CommandFailed } from './command.ts'
import { customerTable, type ShownCustomer } from './customers.ts'

export const run: Command = async (args, { env, print }, name) => {
  const isLink = name === 'link'
  const { values, positionals, ask } = parseAsk(args, {
    env,
    positionals: isLink ? 3 : 2,
    usage: isLink ? 'link <tool> <ref> <cst_…>' : 'unlink <tool> <ref>'
  })
  const [tool = '', ref = '', portalId] = positionals
  const path = `/api/customers/${encodeURIComponent(tool)}/${encodeURIComponent(ref)}`
  const asked = isLink ? ask<ShownCustomer>('PUT', path, { portalId }) : ask<ShownCustomer>('DELETE', path)
  const customer = await asked.catch(error => {
    if (!isCode(error, 'NOT_FOUND')) throw error
    throw new CommandFailed(
      `There is no link of ${tool} ${ref}. \`factuurbrug customers --linked true\` lists those that there are.`
    )
  })
  print(values.json ? JSON.stringify(customer, null, 2) : customerTable([customer]))
  return 0
}
