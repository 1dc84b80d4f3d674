# exo_library(NAME LINK libs... [FOLDERS names...]): one static library per row of core, sources globbed from its folder and
# the named folders in it.
# Dependencies on other rows are given by name, so the linker keeps the dependency rule.
function(exo_library name)
  cmake_parse_arguments(arg "NO_PCH" "" "LINK;FOLDERS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp" "${CMAKE_CURRENT_SOURCE_DIR}/*.h")
  foreach(folder IN LISTS arg_FOLDERS)
    file(GLOB more CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.cpp" "${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.h")
    list(APPEND sources ${more})
  endforeach()
  add_library(${name} STATIC ${sources})
  target_link_libraries(${name} PUBLIC exo_options ${arg_LINK})
  if(NOT arg_NO_PCH AND NOT name STREQUAL "exo_base")
    target_precompile_headers(${name} REUSE_FROM exo_base)
  endif()
endfunction()
