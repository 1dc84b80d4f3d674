# `ninja packages`: exobrain_VERSION_ARCH.deb and exobrain-desktop_VERSION_ARCH.deb in packages/ of the build folder.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME exobrain)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_DIRECTORY "${CMAKE_BINARY_DIR}/packages")
set(CPACK_PACKAGING_INSTALL_PREFIX /) # files go to /usr, /etc and /lib
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS ${CMAKE_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS})
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL server)
if(TARGET exobrain-desktop AND TARGET exobrain-tray)
  list(APPEND CPACK_COMPONENTS_ALL desktop)
endif()
set(CPACK_COMPONENTS_GROUPING IGNORE)

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "ExoBrain maintainers <maintainers@exobrain.invalid>")
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  set(CPACK_DEBIAN_COMPRESSION_TYPE gzip) # for tests: a tenth of the time
endif()
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)

set(CPACK_DEBIAN_SERVER_PACKAGE_NAME exobrain)
set(CPACK_DEBIAN_SERVER_PACKAGE_SECTION net)
set(CPACK_DEBIAN_SERVER_PACKAGE_PRIORITY optional)
# What the maintainer scripts call: sysusers, tmpfiles, deb-systemd-helper.
set(CPACK_DEBIAN_SERVER_PACKAGE_DEPENDS
    "ca-certificates, init-system-helpers (>= 1.54), systemd (>= 252) | systemd-standalone-sysusers, systemd (>= 252) | systemd-standalone-tmpfiles")
set(CPACK_DEBIAN_SERVER_PACKAGE_RECOMMENDS "nginx-light | nginx, redis-server")
set(CPACK_DEBIAN_SERVER_PACKAGE_SUGGESTS "exobrain-desktop, prometheus")
set(CPACK_COMPONENT_SERVER_DESCRIPTION "AI assistant and OpenAI-compatible gateway
One program for the terminal and for a server: questions about a project are
answered with citations of file and line, sessions are kept and searched, code
is analysed, and every OpenAI client can talk to the configured language
models through a queue, limits, a cache and circuit breakers.

The package brings units for systemd, with a socket that survives restarts, a
watchdog, a monitor and a nightly backup; none of them is started by itself.
It depends on nothing graphical.")
set(CPACK_DEBIAN_SERVER_PACKAGE_CONTROL_EXTRA
    "${exoPackaging}/postinst;${exoPackaging}/prerm;${exoPackaging}/postrm;${exoPackaging}/conffiles")

set(CPACK_DEBIAN_DESKTOP_PACKAGE_NAME exobrain-desktop)
set(CPACK_DEBIAN_DESKTOP_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_DESKTOP_PACKAGE_PRIORITY optional)
# The plug-ins of Qt for X11 and Wayland are loaded, not linked.
set(CPACK_DEBIAN_DESKTOP_PACKAGE_DEPENDS "exobrain (= ${PROJECT_VERSION}), qt6-qpa-plugins, hicolor-icon-theme")
set(CPACK_DEBIAN_DESKTOP_PACKAGE_RECOMMENDS "fonts-noto-cjk, qt6-wayland, libsecret-tools")
set(CPACK_COMPONENT_DESKTOP_DESCRIPTION "AI assistant for people who work with code
The window of ExoBrain and its icon for the system tray: chat with language
models, sessions with branches and search, code analysis, monitor and
settings, in English and Chinese, light and dark.

Without any provider a local assistant answers from the project's folder and
from past sessions.")
file(MAKE_DIRECTORY "${exoFiles}/desktop-control")
configure_file("${exoPackaging}/conffiles-desktop" "${exoFiles}/desktop-control/conffiles" COPYONLY)
set(CPACK_DEBIAN_DESKTOP_PACKAGE_CONTROL_EXTRA "${exoFiles}/desktop-control/conffiles")

include(CPack)

set(programs exobrain)
if(TARGET exobrain-desktop AND TARGET exobrain-tray)
  list(APPEND programs exobrain-desktop exobrain-tray)
endif()
add_custom_target(packages
  COMMAND "${CMAKE_COMMAND}" -E rm -rf "${CPACK_PACKAGE_DIRECTORY}"
  COMMAND cpack --config "${CMAKE_BINARY_DIR}/CPackConfig.cmake"
  DEPENDS ${programs} package_files
  WORKING_DIRECTORY "${CMAKE_BINARY_DIR}" USES_TERMINAL VERBATIM)
