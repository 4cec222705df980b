// SPDX-License-Identifier: MIT
#ifndef STROKE_H
#define STROKE_H

#include <QtCore/qlist.h>
#include <QtCore/qmetatype.h>
#include <QtCore/qsize.h>
#include <QtGui/qpolygon.h>

// Everybody draws on a page of this size, whatever the size of the window.
constexpr QSize PageSize(1600, 1000);

// One line on the board. Gadgets travel as objects: {"id": ..., "color": ..., ...}.
struct Stroke
{
    Q_GADGET
    Q_PROPERTY(QString id MEMBER id)
    Q_PROPERTY(QString color MEMBER color)
    Q_PROPERTY(double width MEMBER width)
    Q_PROPERTY(QList<double> points MEMBER points)

public:
    QString id;
    QString color;
    double width = 4;
    QList<double> points; // x, y, x, y, ...

    QPolygonF polygon() const
    {
        QPolygonF result;
        for (qsizetype i = 0; i + 1 < points.size(); i += 2)
            result.append({points.at(i), points.at(i + 1)});
        return result;
    }
};

// Somebody who looks at the board.
struct Person
{
    Q_GADGET
    Q_PROPERTY(QString id MEMBER id)
    Q_PROPERTY(QString name MEMBER name)
    Q_PROPERTY(QString color MEMBER color)

public:
    QString id;
    QString name;
    QString color;
};

#endif
