// SPDX-License-Identifier: MIT
#ifndef NUMBEROPTION_H
#define NUMBEROPTION_H

#include <QtCore/qcommandlineparser.h>

#include <cstdio>
#include <cstdlib>

// What the command line says, if it is a number; what is none ends the program with a message.
inline int numberOf(const QCommandLineParser &parser, const QCommandLineOption &option, int least,
                    int greatest)
{
    const QString text = parser.value(option);
    bool isNumber = false;
    const int number = text.toInt(&isNumber);
    if (isNumber && number >= least && number <= greatest)
        return number;
    fprintf(stderr, "--%s needs a number from %d to %d, not \"%s\"\n",
            qPrintable(option.names().constFirst()), least, greatest, qPrintable(text));
    std::exit(2);
}

inline quint16 portOf(const QCommandLineParser &parser, const QCommandLineOption &option)
{
    return quint16(numberOf(parser, option, 0, 65535));
}

#endif
