using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Stackmeta;

/// <summary>
/// The bytes that the kernel keeps of arguments and environment. .NET reads what is not UTF-8 in them as replacement characters, and a name
/// or a path would be taken that nobody wrote.
/// </summary>
static class ProcessText
{
    /// <summary>What is wrong with them; null when nothing is.</summary>
    /// <param name="arguments">As in <c>/proc/PID/cmdline</c>.</param>
    /// <param name="environment">As in <c>/proc/PID/environ</c>. Only settings are looked at: the rest is other programs' business.</param>
    public static string? FindFault(ReadOnlySpan<byte> arguments, ReadOnlySpan<byte> environment)
    {
        var number = 0;
        foreach (var range in arguments.Split((byte)0))
        {
            if (!Utf8.IsValid(arguments[range]))
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"Argument {number} holds a byte that is not UTF-8."
                );
            }
            number++;
        }
        var prefix = Encoding.UTF8.GetBytes(Setting.Prefix);
        foreach (var range in environment.Split((byte)0))
        {
            var variable = environment[range];
            if (variable.StartsWith(prefix) && !Utf8.IsValid(variable))
            {
                var name = variable[..Math.Max(variable.IndexOf((byte)'='), 0)];
                return $"environment {Encoding.UTF8.GetString(name)}: The value holds a byte that is not UTF-8.";
            }
        }
        return null;
    }
}
