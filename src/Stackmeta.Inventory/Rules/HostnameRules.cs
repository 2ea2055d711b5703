using System.Text;

namespace Stackmeta.Inventory;

/// <summary>Host names: letters, digits and inner hyphens in labels joined by dots (RFC 952, RFC 1123 §2.1).</summary>
static class HostnameRules
{
    public static void CheckHostname(this Objections objections, string path, string hostname)
    {
        if (hostname.Length > Limits.HostnameCharacters)
        {
            objections.Invalid(
                path,
                $"is {hostname.Length} characters long; a host name has at most {Limits.HostnameCharacters}"
            );
            return;
        }
        foreach (var label in hostname.Split('.'))
        {
            if (Wrong(label) is { } reason)
            {
                objections.Invalid(path, $"{TextRules.Quote(hostname)} is not a host name: {reason} (RFC 1123)");
                return;
            }
        }
    }

    /// <summary>The host name that a display name gives: what is not allowed becomes a hyphen or is left out, as Nova does.</summary>
    /// <param name="fallback">The name when nothing is left.</param>
    public static string FromName(string name, string fallback)
    {
        var hostname = new StringBuilder(Limits.HostnameLabelCharacters);
        foreach (var character in name)
        {
            if (hostname.Length == Limits.HostnameLabelCharacters)
            {
                break;
            }
            if (char.IsAsciiLetterOrDigit(character))
            {
                hostname.Append(char.ToLowerInvariant(character));
            }
            else if (character is '-' or ' ' or '_' or '.' && hostname.Length > 0)
            {
                hostname.Append('-');
            }
        }
        var result = hostname.ToString().Trim('-');
        return result.Length == 0 ? fallback : result;
    }

    static string? Wrong(string label) =>
        label switch
        {
            "" => "it has an empty label",
            { Length: > Limits.HostnameLabelCharacters } =>
                $"a label is longer than {Limits.HostnameLabelCharacters} characters",
            _ when label[0] == '-' || label[^1] == '-' => "a label begins or ends with a hyphen",
            _ when !label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') =>
                "only letters, digits, hyphens and dots are allowed",
            _ => null,
        };
}
