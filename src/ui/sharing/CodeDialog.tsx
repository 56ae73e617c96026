/** A graph came with code: shows all of it, and asks whether it may run. */
import { CircleCheck, Code } from 'lucide-react'
import * as Dialog from 'radix-ui/dialog'
import { useStore } from 'zustand'
import { codeInGraph } from '../../graph/analysis/code-in-graph.ts'
import { expand } from '../../graph/analysis/expand.ts'
import { names } from '../../graph/document/naming.ts'
import { useEditor } from '../editor.ts'
import { DialogHead } from '../kit/DialogHead.tsx'
import { DialogContent } from '../shell/DialogContent.tsx'
import { dialogText } from '../text/dialogs.ts'
import { list } from '../text/format.ts'

const words = dialogText.code

export function CodeDialog() {
  const { view, codeConsent } = useEditor()
  const open = useStore(view, (state) => state.dialog === 'code')
  const foreign = useStore(codeConsent, (state) => state.foreign)
  const close = () => view.setState({ dialog: null })
  return (
    <Dialog.Root
      open={open}
      onOpenChange={(next) => {
        if (next) return
        codeConsent.leave()
        close()
      }}
    >
      <DialogContent className="code-dialog">
        <DialogHead title={words.title} />
        <CodeList />
        <footer>
          <Dialog.Close asChild>
            <button type="button" className="button">
              {words.leave}
            </button>
          </Dialog.Close>
          {foreign.size > 0 && (
            <button
              type="button"
              className="button primary"
              onClick={() => {
                codeConsent.allow([...foreign])
                close()
              }}
            >
              {words.allow}
            </button>
          )}
        </footer>
      </DialogContent>
    </Dialog.Root>
  )
}

/** Each piece of code once, under the names of the nodes that hold it. */
function CodeList() {
  const { document, codeConsent, specs } = useEditor()
  const graph = useStore(document, (state) => state.document)
  const foreign = useStore(codeConsent, (state) => state.foreign)
  const nodeNames = names(expand(graph, specs).document, specs)
  const codes = codeInGraph(graph, specs)
  return (
    <div className="dialog-body">
      {foreign.size === 0 ? (
        <p className="problem-none">
          <CircleCheck size={16} aria-hidden />
          {words.nothing}
        </p>
      ) : (
        <>
          <p className="muted">{words.explained}</p>
          {[...foreign].map((code) => (
            <section key={code} className="foreign-code">
              <h3>
                <Code size={14} aria-hidden />
                {list([...new Set(codes.filter((one) => one.code === code).map(({ node }) => nodeNames.node(node)))]) ||
                  words.compared}
              </h3>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys. */}
              <pre tabIndex={0}>{code}</pre>
            </section>
          ))}
        </>
      )}
    </div>
  )
}
