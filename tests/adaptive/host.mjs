// How Teams draws cards, as near as its published settings tell (samples/HostConfig/microsoft-teams-*.json of microsoft/AdaptiveCards).
const LIGHT = { text: "#242424", subtle: "#616161", accent: "#5b5fc7", good: "#237b4b", warning: "#835c00", attention: "#c4314b", ground: "#ffffff", quiet: "#f3f2f1" };
const DARK = { text: "#ffffff", subtle: "#adadad", accent: "#9299f7", good: "#92c353", warning: "#f8d22a", attention: "#e37d80", ground: "#292929", quiet: "#3d3d3d" };

function colours(look, ground) {
  const named = (colour) => ({ default: colour, subtle: colour });
  const letters = { default: { default: look.text, subtle: look.subtle }, dark: named(look.text), light: named(look.subtle) };
  for (const name of ["accent", "good", "warning", "attention"]) letters[name] = named(look[name]);
  return { backgroundColor: ground, foregroundColors: letters };
}

export function hostConfig(dark) {
  const look = dark ? DARK : LIGHT;
  const fonts = {
    fontFamily: "'Segoe UI', Inter, 'DejaVu Sans Condensed', sans-serif",
    fontSizes: { small: 12, default: 14, medium: 14, large: 18, extraLarge: 24 },
    fontWeights: { lighter: 300, default: 400, bolder: 600 },
  };
  const containerStyles = { default: colours(look, look.ground), emphasis: colours(look, look.quiet) };
  for (const name of ["good", "attention", "warning", "accent"]) containerStyles[name] = colours(look, look.quiet);
  return {
    supportsInteractivity: true,
    spacing: { small: 8, default: 12, medium: 16, large: 20, extraLarge: 24, padding: 16 },
    separator: { lineThickness: 1, lineColor: dark ? "#525252" : "#e0e0e0" },
    fontTypes: { default: fonts, monospace: fonts },
    lineHeights: { small: 16, default: 20, medium: 20, large: 24, extraLarge: 32 },
    containerStyles,
    actions: { maxActions: 6, spacing: "default", buttonSpacing: 8, actionsOrientation: "horizontal", actionAlignment: "left" },
    inputs: {
      label: {
        inputSpacing: "small",
        requiredInputs: { weight: "bolder", suffix: " *", suffixColor: "attention" },
        optionalInputs: { weight: "bolder" },
      },
      errorMessage: { color: "attention" },
    },
  };
}
