/** What the commands are called: in hints, the palette and the list of keys by `title`, in menus by `short`. */

const groups = {
  graph: 'Graph',
  arrange: 'Arrange',
  edit: 'Edit',
  viewer: 'Viewer',
  file: 'File and help',
}

const graph = {
  'canvas.add': { title: 'Add a node' },
  'palette.search': { title: 'Search the nodes' },
  'edit.view': { title: 'Show the selected node in the viewer', short: 'Show in the viewer' },
  'edit.rename': { title: 'Rename the selected node', short: 'Rename' },
  'edit.replace': { title: 'Replace the selected node with another', short: 'Replace…' },
  'edit.drive': { title: 'Drive a setting of one selected node by a number of the other', short: 'Drive a setting…' },
  'edit.reset': { title: 'Reset the settings of the selected nodes', short: 'Reset settings' },
  'edit.bypass': { title: 'Bypass the selected nodes', short: 'Bypass' },
  'edit.mute': { title: 'Mute the selected nodes', short: 'Mute' },
  'canvas.fit': { title: 'Fit the whole graph in view' },
  'canvas.zoomIn': { title: 'Zoom into the graph' },
  'canvas.zoomOut': { title: 'Zoom out of the graph' },
  'problems.show': { title: 'List the problems' },
  'edit.fold': { title: 'Fold the selected nodes into a subgraph', short: 'Fold into a subgraph' },
  'edit.unfold': { title: 'Unfold the selected subgraph', short: 'Unfold' },
  'edit.open': { title: 'Open the selected subgraph', short: 'Open' },
  'edit.leave': { title: 'Leave the subgraph' },
  'edit.savePiece': { title: 'Save the subgraph as a piece', short: 'Save as a piece' },
}

const arrange = {
  'canvas.frame': { title: 'Frame the selected nodes', short: 'Frame' },
  'canvas.note': { title: 'Add a note' },
  'edit.collapse': { title: 'Collapse or open the selected nodes' },
  'edit.point': { title: 'Reroute the selected wires through a dot' },
  'edit.free': { title: 'Take the selected wires out of shared dots' },
  'canvas.arrange': { title: 'Lay out the graph' },
  'canvas.snap': { title: 'Snap to the grid' },
  'canvas.map': { title: 'Map of the graph' },
  'align.left': { title: 'Align left' },
  'align.centre': { title: 'Align centres' },
  'align.right': { title: 'Align right' },
  'align.top': { title: 'Align top' },
  'align.middle': { title: 'Align middles' },
  'align.bottom': { title: 'Align bottom' },
  'align.across': { title: 'Distribute horizontally' },
  'align.down': { title: 'Distribute vertically' },
}

const edit = {
  'edit.undo': { title: 'Undo' },
  'edit.redo': { title: 'Redo' },
  'edit.history': { title: 'History of edits' },
  'edit.copy': { title: 'Copy' },
  'edit.cut': { title: 'Cut' },
  'edit.paste': { title: 'Paste' },
  'edit.pasteWired': { title: 'Paste with the incoming wires of the originals', short: 'Paste with incoming wires' },
  'edit.duplicate': { title: 'Duplicate with incoming wires', short: 'Duplicate' },
  'edit.duplicateLoose': { title: 'Duplicate without wires' },
  'edit.delete': { title: 'Delete and reconnect', short: 'Delete' },
  'edit.deleteLoose': { title: 'Delete and leave a gap' },
  'edit.selectAll': { title: 'Select all' },
}

const viewer = {
  'play.toggle': { title: 'Play or pause' },
  'play.back': { title: 'One frame back' },
  'play.forward': { title: 'One frame forward' },
  'play.first': { title: 'First frame' },
  'play.last': { title: 'Last frame' },
  'play.in': { title: 'Play from this frame (again: from the first)' },
  'play.out': { title: 'Play to this frame (again: to the last)' },
  'viewer.compare': { title: 'Next way to compare' },
  'viewer.predicted': {
    title: 'Next view: what is predicted, what the source contradicts, what it cannot check, a map',
  },
  'viewer.source': { title: 'Compare with the source, or with its plain upscale again' },
  'viewer.overlay': { title: 'Overlay a mask or map (again: remove it)' },
  'viewer.time': { title: 'Look over time: frame-to-frame difference, slit scan, film strip' },
  'viewer.lanes': { title: 'Show the graph’s numbers over the clip' },
  'viewer.measureClip': { title: 'Measure the numbers of the whole clip (again: stop)' },
  'viewer.personalities': { title: 'Show every personality of the model side by side (again: one picture)' },
  'viewer.check': { title: 'Check this clip: what stands out, worst first', short: 'Check this clip' },
  'viewer.compareClip': {
    title: 'Compare over the clip: A and what stands beside it, by every measure',
    short: 'Compare over the clip',
  },
  'viewer.flicker': { title: 'Show B while held' },
  'viewer.region': { title: 'Draw a region to render on its own (again: stop)' },
  'viewer.marks': { title: 'Crop marks' },
  'viewer.scopes': { title: 'Next scope' },
  'viewer.times': { title: 'Where the frame’s time goes' },
  'viewer.fit': { title: 'Fit the picture' },
  'viewer.100': { title: 'Zoom 100 %' },
  'viewer.200': { title: 'Zoom 200 %' },
}

const file = {
  'file.new': { title: 'New graph' },
  'file.open': { title: 'Open a graph, a clip or a model', short: 'Open…' },
  'file.save': { title: 'Save the graph', short: 'Save' },
  'file.versions': { title: 'Earlier versions', short: 'Earlier versions…' },
  'file.export': { title: 'Export', short: 'Export…' },
  'file.link': { title: 'Copy a link to the graph', short: 'Copy link' },
  'file.recipes': { title: 'Recipes', short: 'All recipes…' },
  'help.commands': { title: 'Find a command' },
  'help.tour': { title: 'Take the tour' },
  'help.shortcuts': { title: 'Keys and gestures' },
}

export const commands = { groups, graph, arrange, edit, viewer, file }
