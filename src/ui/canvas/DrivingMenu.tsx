/** What of a node a number is to drive: chosen where the wire was let go, by mouse or by keys. */
import * as DropdownMenu from 'radix-ui/dropdown-menu'
import { Fragment } from 'react'
import { useStore } from 'zustand'
import type { Endpoint } from '../../graph/document/document.ts'
import type { Json } from '../../graph/document/json.ts'
import { specOf } from '../../graph/document/subgraph.ts'
import { paramValues } from '../../graph/node/values.ts'
import { useEditor } from '../editor.ts'
import { wireInto } from '../inspector/InputChoice.tsx'
import { useSurroundings } from '../inspector/surroundings.ts'
import { MenuContent } from '../kit/MenuContent.tsx'
import { useNodeNames } from '../open-level.ts'
import type { DrivingRequest } from '../store/view.ts'
import { text } from '../text/text.ts'

const words = text.canvas.driving

export function DrivingMenu({ request }: { request: DrivingRequest }) {
  const { node, from, page, via } = request
  const { document, specs, view, commands } = useEditor()
  const level = useStore(document, (state) => state.level)
  const nodeNames = useNodeNames()
  const around = useSurroundings(node)
  const record = level.nodes[node]
  const spec = specOf(specs, record)
  if (!record || !spec) return null
  const values = paramValues(spec, record) as Readonly<Record<string, Json>>
  /** Not what it drives already. */
  const isDriving = ({ node: from, port }: Endpoint, name: string) => {
    const wire = wireInto(level.edges, node, name)
    return wire?.from.node === from && wire.from.port === port
  }
  const offered = (output: Endpoint) =>
    commands
      .drivable(output, node)
      .filter(({ name }) => !spec.inputs[name]?.drives || (spec.params[name]?.visible?.(values, around) ?? true))
      .filter(({ name }) => !isDriving(output, name))
  const close = () => view.setState({ driving: null })
  return (
    <DropdownMenu.Root
      open
      modal={false}
      onOpenChange={(open) => {
        if (!open) close()
      }}
    >
      <DropdownMenu.Trigger asChild>
        <span className="menu-anchor" style={{ left: page.x, top: page.y }} />
      </DropdownMenu.Trigger>
      <MenuContent
        align="start"
        aria-label={words.label(nodeNames.node(node))}
        onCloseAutoFocus={(event) => {
          event.preventDefault()
          commands.focusCanvas(node)
        }}
      >
        {from.map((output) => (
          <Fragment key={output.port}>
            <DropdownMenu.Label className="menu-label">
              {words.by(
                nodeNames.node(output.node),
                from.length > 1 ? nodeNames.output(output.node, output.port) : null,
              )}
            </DropdownMenu.Label>
            {offered(output).map(({ name, label }) => {
              const wire = wireInto(level.edges, node, name)
              return (
                <DropdownMenu.Item
                  key={name}
                  className="menu-item"
                  onSelect={() => commands.connect(output, { node, port: name }, via)}
                >
                  <span>{label}</span>{' '}
                  {wire && <span className="trailing">{words.instead(nodeNames.node(wire.from.node))}</span>}
                </DropdownMenu.Item>
              )
            })}
          </Fragment>
        ))}
      </MenuContent>
    </DropdownMenu.Root>
  )
}
