#pragma once
// Precompiled for every library of core: the headers that cost most to parse.

#include "core/base/Json.h"
#include "core/base/Result.h"
#include "core/base/Task.h"

#include <boost/asio.hpp>

#include <algorithm>
#include <chrono>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>
