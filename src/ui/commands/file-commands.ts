/** Graph files, export and help. */
import { CircleHelp, Upload } from 'lucide-react'
import { text } from '../text/text.ts'
import { area } from './command.ts'

export const fileCommands = area('file', text.commands.file, {
  'file.new': {
    keys: [],
    run: ({ files }) => files.openNew(),
  },
  'file.open': {
    keys: ['Mod+O'],
    everywhere: true,
    run: ({ incoming }) => incoming.openPicker(),
  },
  'file.save': {
    keys: ['Mod+S'],
    everywhere: true,
    run: ({ files }) => void files.save(),
  },
  'file.versions': {
    keys: [],
    run: ({ view }) => view.setState({ dialog: 'versions' }),
  },
  'file.export': {
    icon: Upload,
    keys: ['Mod+E'],
    everywhere: true,
    run: ({ view }) => view.setState({ dialog: 'export' }),
  },
  'file.link': {
    keys: ['L'],
    run: ({ sharing }) => void sharing.copyLink(),
  },
  'file.recipes': {
    keys: ['R'],
    run: ({ view }) => view.setState({ dialog: 'recipes' }),
  },
  'help.commands': {
    keys: ['Mod+K'],
    everywhere: true,
    run: ({ view }) => view.setState({ dialog: 'commands' }),
  },
  'help.tour': {
    keys: [],
    run: ({ document, view }) => {
      // It shows nodes of the document's own level.
      document.enter([])
      view.setState({ touring: true, dialog: null })
    },
  },
  'help.shortcuts': {
    icon: CircleHelp,
    keys: ['?'],
    run: ({ view }) => view.setState({ dialog: 'shortcuts' }),
  },
})
