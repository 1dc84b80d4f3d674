# What `cmake --install` puts where, in two components: "server" (headless, nothing graphical) and "desktop".
# What is generated (man pages, completions, copyright, changelog) is made by the target `package_files`.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON) # packaging does not build the tests
set(CMAKE_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
find_package(Python3 COMPONENTS Interpreter)

set(exoFiles "${CMAKE_BINARY_DIR}/package")
set(exoRes "${CMAKE_SOURCE_DIR}/resources")
set(exoPackaging "${CMAKE_SOURCE_DIR}/installer/package")

# The day of the release in man pages, metainfo and changelog: that of the last commit, so that the same sources give the
# same package.
if(DEFINED ENV{SOURCE_DATE_EPOCH})
  string(TIMESTAMP EXO_RELEASE_DATE "%Y-%m-%d" UTC)
else()
  execute_process(COMMAND git log -1 --format=%cs WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}"
                  OUTPUT_VARIABLE EXO_RELEASE_DATE OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(NOT EXO_RELEASE_DATE)
    string(TIMESTAMP EXO_RELEASE_DATE "%Y-%m-%d" UTC)
  endif()
endif()

# exo_file(OUTPUT COMMAND... DEPENDS...): a file of package/, made by a command that prints it; .gz are compressed.
set(exoGenerated "")
function(exo_file output)
  cmake_parse_arguments(arg "" "" "COMMAND;DEPENDS" ${ARGN})
  set(out "${exoFiles}/${output}")
  get_filename_component(folder "${out}" DIRECTORY)
  file(MAKE_DIRECTORY "${folder}")
  set(pack "")
  if(output MATCHES "\\.gz$")
    set(pack COMMAND gzip -9nc "${out}.new" > "${out}.gz.new" COMMAND "${CMAKE_COMMAND}" -E rename "${out}.gz.new" "${out}.new")
  endif()
  add_custom_command(OUTPUT "${out}" COMMAND ${arg_COMMAND} > "${out}.new" ${pack}
                     COMMAND "${CMAKE_COMMAND}" -E rename "${out}.new" "${out}" DEPENDS ${arg_DEPENDS} VERBATIM)
  set(exoGenerated ${exoGenerated} "${out}" PARENT_SCOPE)
endfunction()

foreach(page exobrain-desktop.1 exobrain-tray.1 exobrain-admin.8)
  configure_file("${exoRes}/man/${page}" "${exoFiles}/man/${page}" @ONLY)
  exo_file("man/${page}.gz" COMMAND cat "${exoFiles}/man/${page}" DEPENDS "${exoFiles}/man/${page}")
endforeach()
configure_file("${exoRes}/desktop/exobrain.metainfo.xml" "${exoFiles}/org.exobrain.ExoBrain.metainfo.xml" @ONLY)

exo_file("tree.json" COMMAND exobrain help-tree DEPENDS exobrain)
set(commands Python3::Interpreter "${exoPackaging}/commands.py" --tree "${exoFiles}/tree.json" --version ${PROJECT_VERSION}
             --date ${EXO_RELEASE_DATE})
set(commandsDepend "${exoPackaging}/commands.py" "${exoFiles}/tree.json")
exo_file("man/exobrain.1" COMMAND ${commands} --form man DEPENDS ${commandsDepend})
exo_file("man/exobrain.1.gz" COMMAND cat "${exoFiles}/man/exobrain.1" DEPENDS "${exoFiles}/man/exobrain.1")
exo_file("man/exobrain.json.5" COMMAND ${commands} --form settings DEPENDS ${commandsDepend})
exo_file("man/exobrain.json.5.gz" COMMAND cat "${exoFiles}/man/exobrain.json.5" DEPENDS "${exoFiles}/man/exobrain.json.5")
foreach(shell bash zsh fish)
  exo_file("completions/${shell}" COMMAND ${commands} --form ${shell} DEPENDS ${commandsDepend})
endforeach()
exo_file("copyright" COMMAND Python3::Interpreter "${exoPackaging}/copyright.py" --npm "${CMAKE_BINARY_DIR}/npm/node_modules"
         DEPENDS "${exoPackaging}/copyright.py" "${CMAKE_BINARY_DIR}/npm/package-lock.json")
foreach(package exobrain exobrain-desktop)
  exo_file("${package}/changelog.gz"
           COMMAND Python3::Interpreter "${exoPackaging}/changelog.py" --package ${package} --version ${PROJECT_VERSION}
                   --date ${EXO_RELEASE_DATE} "${CMAKE_SOURCE_DIR}/CHANGELOG.md"
           DEPENDS "${exoPackaging}/changelog.py" "${CMAKE_SOURCE_DIR}/CHANGELOG.md")
endforeach()
add_custom_target(package_files DEPENDS ${exoGenerated})

# --- server ---
install(TARGETS exobrain RUNTIME DESTINATION usr/bin COMPONENT server)
install(PROGRAMS "${exoRes}/service/exobrain-admin" DESTINATION usr/sbin COMPONENT server)
install(FILES "${exoFiles}/man/exobrain.1.gz" DESTINATION usr/share/man/man1 COMPONENT server)
install(FILES "${exoFiles}/man/exobrain.json.5.gz" DESTINATION usr/share/man/man5 COMPONENT server)
install(FILES "${exoFiles}/man/exobrain-admin.8.gz" DESTINATION usr/share/man/man8 COMPONENT server)
install(FILES "${exoFiles}/completions/bash" DESTINATION usr/share/bash-completion/completions RENAME exobrain COMPONENT server)
install(FILES "${exoFiles}/completions/zsh" DESTINATION usr/share/zsh/vendor-completions RENAME _exobrain COMPONENT server)
install(FILES "${exoFiles}/completions/fish" DESTINATION usr/share/fish/vendor_completions.d RENAME exobrain.fish COMPONENT server)
install(FILES "${exoRes}/service/config.json" DESTINATION etc/exobrain COMPONENT server)
install(FILES "${exoRes}/service/exobrain.sysusers.conf" DESTINATION usr/lib/sysusers.d RENAME exobrain.conf COMPONENT server)
install(FILES "${exoRes}/service/exobrain.tmpfiles.conf" DESTINATION usr/lib/tmpfiles.d RENAME exobrain.conf COMPONENT server)
file(GLOB units CONFIGURE_DEPENDS "${exoRes}/systemd/*.service" "${exoRes}/systemd/*.socket" "${exoRes}/systemd/*.timer")
install(FILES ${units} DESTINATION lib/systemd/system COMPONENT server)
install(DIRECTORY "${exoRes}/nginx" "${exoRes}/redis" "${exoRes}/prometheus" "${exoRes}/grafana" DESTINATION usr/share/exobrain
        COMPONENT server)
install(PROGRAMS "${CMAKE_SOURCE_DIR}/installer/deploy.sh" DESTINATION usr/share/exobrain COMPONENT server)
install(FILES "${exoRes}/openapi.json" DESTINATION usr/share/exobrain COMPONENT server)
foreach(language en zh)
  install(DIRECTORY "${exoRes}/help/${language}" DESTINATION usr/share/doc/exobrain COMPONENT server FILES_MATCHING PATTERN "*.md")
endforeach()
install(FILES "${exoFiles}/copyright" DESTINATION usr/share/doc/exobrain COMPONENT server)
install(FILES "${exoFiles}/exobrain/changelog.gz" DESTINATION usr/share/doc/exobrain COMPONENT server)

# --- desktop ---
if(TARGET exobrain-desktop AND TARGET exobrain-tray)
  install(TARGETS exobrain-desktop exobrain-tray RUNTIME DESTINATION usr/bin COMPONENT desktop)
  install(FILES "${exoFiles}/man/exobrain-desktop.1.gz" "${exoFiles}/man/exobrain-tray.1.gz" DESTINATION usr/share/man/man1
          COMPONENT desktop)
  install(FILES "${exoRes}/desktop/exobrain.desktop" "${exoRes}/desktop/exobrain-tray.desktop"
          DESTINATION usr/share/applications COMPONENT desktop)
  install(FILES "${exoRes}/desktop/exobrain-tray.desktop" DESTINATION etc/xdg/autostart COMPONENT desktop)
  install(FILES "${exoFiles}/org.exobrain.ExoBrain.metainfo.xml" DESTINATION usr/share/metainfo COMPONENT desktop)
  install(FILES "${exoRes}/icons/exobrain.svg" DESTINATION usr/share/icons/hicolor/scalable/apps COMPONENT desktop)
  foreach(size 16 22 24 32 48 64 128 256)
    exo_file("icons/${size}.png" COMMAND rsvg-convert -w ${size} -h ${size} "${exoRes}/icons/exobrain.svg"
             DEPENDS "${exoRes}/icons/exobrain.svg")
    install(FILES "${exoFiles}/icons/${size}.png" DESTINATION usr/share/icons/hicolor/${size}x${size}/apps RENAME exobrain.png
            COMPONENT desktop)
    list(APPEND icons "${exoFiles}/icons/${size}.png")
  endforeach()
  add_custom_target(package_icons DEPENDS ${icons})
  add_dependencies(package_files package_icons)
  install(FILES "${exoFiles}/copyright" DESTINATION usr/share/doc/exobrain-desktop COMPONENT desktop)
  install(FILES "${exoFiles}/exobrain-desktop/changelog.gz" DESTINATION usr/share/doc/exobrain-desktop COMPONENT desktop)
endif()

include(ExoPackage)
