# exo_library(NAME DIR LINK libs...): one static library per row of core, sources globbed from its folder.
# Dependencies on other rows are given by name, so the linker keeps the dependency rule.
function(exo_library name)
  cmake_parse_arguments(arg "NO_PCH" "" "LINK" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp" "${CMAKE_CURRENT_SOURCE_DIR}/*.h")
  add_library(${name} STATIC ${sources})
  target_link_libraries(${name} PUBLIC exo_options ${arg_LINK})
  if(NOT arg_NO_PCH AND NOT name STREQUAL "exo_base")
    target_precompile_headers(${name} REUSE_FROM exo_base)
  endif()
endfunction()
