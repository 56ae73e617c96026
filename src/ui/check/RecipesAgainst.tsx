/** The shipped recipes made against what a check found: whoever has no chain of their own yet begins with one. */
import { BookOpen } from 'lucide-react'
import { useStore } from 'zustand'
import type { Symptom } from '../../graph/measures/symptoms.ts'
import { useEditor } from '../editor.ts'
import { shippedGraphs } from '../files/shipped-recipes.ts'
import { dialogText } from '../text/dialogs.ts'

const words = dialogText.check

export function RecipesAgainst({ symptoms }: { symptoms: readonly Symptom[] }) {
  const { commands, document } = useEditor()
  const open = useStore(document, (state) => state.document.title)
  const names = new Set(symptoms.map(({ recipe }) => recipe))
  return shippedGraphs
    .filter(({ name, title }) => names.has(name) && title !== open)
    .map(({ name, title }) => (
      <button
        key={name}
        type="button"
        className="button plain check-recipe"
        title={words.recipeHint}
        onClick={() => void commands.openShipped(name)}
      >
        <BookOpen size={13} aria-hidden />
        {words.recipe(title)}
      </button>
    ))
}
