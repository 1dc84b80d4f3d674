#pragma once
// The boxes of a graph as screen readers see them: a list of what is drawn, in words.

namespace exo::ui {

class GraphView;

void installGraphAccessibility();
void tellGraphFocus(GraphView* view, int item);

} // namespace exo::ui
