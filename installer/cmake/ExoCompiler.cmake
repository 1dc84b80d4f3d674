# Compiler set-up shared by every target: standard, warnings, sanitizers, compiler cache, fast linker.
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
set(CMAKE_CXX_FLAGS_DEBUG "-g1 -O1")
set(CMAKE_C_FLAGS_DEBUG "-g1 -O1")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_C_FLAGS_RELEASE "-O2 -DNDEBUG")

find_program(EXO_CCACHE ccache)
if(EXO_CCACHE)
  # Precompiled headers are cached only with this sloppiness (ccache manual, "Precompiled headers").
  set(EXO_CCACHE_LAUNCHER "${CMAKE_COMMAND}" -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros
      "CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}" CCACHE_NOHASHDIR=1 "${EXO_CCACHE}")
  set(CMAKE_C_COMPILER_LAUNCHER ${EXO_CCACHE_LAUNCHER})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${EXO_CCACHE_LAUNCHER})
endif()

find_program(EXO_MOLD mold)
if(EXO_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# exo_options carries what our own code is held to; third-party C code does not link it.
add_library(exo_options INTERFACE)
target_include_directories(exo_options INTERFACE "${CMAKE_SOURCE_DIR}")
target_compile_options(exo_options INTERFACE
  -Wall -Wextra -Wold-style-cast -Woverloaded-virtual -Wnon-virtual-dtor -fvisibility=hidden
  $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
# GCC 12 reports false positives in coroutine frames and inlined std::string/variant code.
target_compile_options(exo_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized -Wno-restrict
  -Wno-stringop-overflow -Wno-array-bounds -Wno-mismatched-new-delete>)
if(EXOBRAIN_WERROR)
  target_compile_options(exo_options INTERFACE -Werror)
endif()
# Asio's own store of coroutine frames is slower than the allocator beneath it, and hides their misuse from sanitizers.
target_compile_definitions(exo_options INTERFACE
  BOOST_ASIO_DISABLE_AWAITABLE_FRAME_RECYCLING BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
  EXOBRAIN_VERSION="${PROJECT_VERSION}")

if(EXOBRAIN_SANITIZE)
  add_compile_options(-fsanitize=${EXOBRAIN_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${EXOBRAIN_SANITIZE})
  if(EXOBRAIN_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize-recover=undefined)
    # Clang 14 cannot assemble coroutines with -fsanitize=function ("Cannot represent a difference across sections").
    add_compile_options($<$<COMPILE_LANG_AND_ID:CXX,Clang>:-fno-sanitize=function>)
  endif()
  # The thread sanitizer does not see fences; asio's order nothing that its mutexes do not order already.
  if(EXOBRAIN_SANITIZE MATCHES "thread")
    add_compile_definitions(BOOST_ASIO_DISABLE_FENCED_BLOCK)
    add_compile_options($<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-tsan>)
  endif()
else()
  add_compile_options(-D_FORTIFY_SOURCE=2 -fstack-protector-strong)
  add_link_options(-Wl,-z,relro,-z,now)
endif()
