# SPDX-License-Identifier: MIT
# Says to qmllint and other tools that the properties of SocketIoEmitter that hold a function of
# JavaScript are methods of any number of arguments. Run with -DFILE=<name>.qmltypes.
file(READ "${FILE}" text)
string(REGEX REPLACE "Property {([^}]*name: \"(emit(Event|Volatile|WithAck)|send|serverSideEmit(WithAck)?)\")[^}]*}"
    "Method {\\1\n            isJavaScriptFunction: true\n        }" text "${text}")
file(WRITE "${FILE}" "${text}")
