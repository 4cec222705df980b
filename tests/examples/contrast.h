// SPDX-License-Identifier: MIT
#ifndef CONTRAST_H
#define CONTRAST_H

#include <QtGui/qcolor.h>

#include <algorithm>
#include <cmath>

// By WCAG 2.
inline double luminance(const QColor &color)
{
    const auto linear = [](double value) {
        return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF())
        + 0.0722 * linear(color.blueF());
}

inline double contrast(const QColor &one, const QColor &other)
{
    const double a = luminance(one);
    const double b = luminance(other);
    return (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
}

// What texts and graphics need, by its level AA.
constexpr double TextContrast = 4.5;
constexpr double GraphicContrast = 3;

#endif
