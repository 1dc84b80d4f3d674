#pragma once
// Turns a request to a model into the bytes that answer it.

#include "tests/support/upstream/Behaviour.h"
#include "tests/support/upstream/Dialect.h"
#include "tests/support/upstream/Plan.h"

namespace upstream {

Plan planAnswer(const Dialect& dialect, const Behaviour& behaviour, const ModelRequest& request);
Plan planEmbeddings(const Behaviour& behaviour, const Json& body);
Plan planJson(int status, const Json& body, std::string_view extraHeaders = {});

} // namespace upstream
