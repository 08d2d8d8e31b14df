// link, unlink: a person says which portal customer a tool's customer is.

import { isCode } from '../core/errors.ts'
import { parseAsk } from './ask.ts'
import { type Command, CommandFailed } from './command.ts'
import { customerTable } from './customers.ts'

export const run: Command = async (args, terminal, name) => {
  const isLink = name === 'link'
  const { positionals, ask, show } = parseAsk(args, terminal, {
    positionals: isLink ? 3 : 2,
    usage: isLink ? 'link <tool> <ref> <cst_…>' : 'unlink <tool> <ref>'
  })
  const [tool = '', ref = '', portalId] = positionals
  const params = { tool, ref }
  const asked = isLink ? ask('linkCustomer', { params, body: { portalId } }) : ask('unlinkCustomer', { params })
  const customer = await asked.catch(error => {
    if (!isCode(error, 'NOT_FOUND')) throw error
    throw new CommandFailed(
      `There is no link for ${tool} ${ref}. \`factuurbrug customers --linked true\` lists all links.`
    )
  })
  show(customer, customerTable([customer]))
  return 0
}
