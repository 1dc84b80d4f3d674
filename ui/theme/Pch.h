#pragma once
// What nearly every source of ui/ includes.

#include <QtCore/QtCore>
#include <QtGui/QtGui>
#include <QtWidgets/QtWidgets>

#include <functional>
#include <memory>
#include <optional>
#include <vector>
