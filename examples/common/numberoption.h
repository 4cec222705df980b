// SPDX-License-Identifier: MIT
#ifndef NUMBEROPTION_H
#define NUMBEROPTION_H

#include <QtCore/qcommandlineparser.h>

#include <cstdio>
#include <cstdlib>
#include <optional>

// What the command line says, if it is a number; otherwise nothing, and problem says what is needed.
inline std::optional<int> readNumber(const QCommandLineParser &parser,
                                     const QCommandLineOption &option, int least, int greatest,
                                     QString *problem)
{
    const QString text = parser.value(option);
    bool isNumber = false;
    const int number = text.toInt(&isNumber);
    if (isNumber && number >= least && number <= greatest)
        return number;
    *problem = QStringLiteral("--%1 needs a number from %2 to %3, not \"%4\"")
                   .arg(option.names().constFirst(), QString::number(least),
                        QString::number(greatest), text);
    return std::nullopt;
}

inline std::optional<quint16> readPort(const QCommandLineParser &parser,
                                       const QCommandLineOption &option, QString *problem)
{
    const std::optional<int> number = readNumber(parser, option, 0, 65535, problem);
    return number ? std::optional(quint16(*number)) : std::nullopt;
}

// For programs without a window: what is no number ends them with a message.
inline int numberOf(const QCommandLineParser &parser, const QCommandLineOption &option, int least,
                    int greatest)
{
    QString problem;
    if (const auto number = readNumber(parser, option, least, greatest, &problem))
        return *number;
    fprintf(stderr, "%s\n", qPrintable(problem));
    std::exit(2);
}

inline quint16 portOf(const QCommandLineParser &parser, const QCommandLineOption &option)
{
    return quint16(numberOf(parser, option, 0, 65535));
}

#endif
