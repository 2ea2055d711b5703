using System.CommandLine;
using System.Globalization;

namespace Stackmeta;

/// <summary>The option that says how long each question may take that is sent along a guest's path.</summary>
static class PatienceOption
{
    public static Option<double> Create() =>
        new("--patience")
        {
            Description =
                "How long each question may take that is sent along the path, all together at most twice that, in seconds (default: 0.4)",
            HelpName = "SECONDS",
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (double.TryParse(text, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 60)
                {
                    return seconds;
                }
                result.AddError($"--patience is '{text}', and must be a number of seconds up to 60.");
                return 0;
            },
        };

    public static TimeSpan Read(ParseResult parsed, Option<double> option) =>
        parsed.GetResult(option) is null ? GuestExplainer.UsualPatience : TimeSpan.FromSeconds(parsed.GetValue(option));
}
