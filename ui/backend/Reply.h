#pragma once
// How an asynchronous call answers: on the GUI thread, unless its context object died first; then the reply
// is dropped.

#include "core/base/Result.h"

#include <functional>

namespace exo::ui {

template <class T>
using Reply = std::function<void(Result<T>)>;

} // namespace exo::ui
