using System.Globalization;
using System.Text;

namespace Stackmeta.OpenStack;

/// <summary>
/// A cell's database URL may be a template that is filled in from this process's own <c>[database] connection</c>:
/// <c>{username} {password} {hostname} {port} {scheme} {query} {fragment} {path}</c>, and for hosts between commas
/// <c>{username1} {password1} {hostname1} {port1} …</c> (spec/nova-metadata.md §7.2). The parts stay percent-encoded; one that
/// the URL does not have is written <c>None</c>, as Python writes it.
/// </summary>
static class CellUrlTemplate
{
    /// <summary>Fills in a template.</summary>
    /// <param name="template">The text of <c>cell_mappings.database_connection</c>.</param>
    /// <param name="connection">The URL to fill in from; null when none is configured.</param>
    /// <param name="expanded">The URL; the template itself when it is none or has a brace error.</param>
    /// <returns>False for a brace error or a missing <paramref name="connection"/>: the text is then used as it stands, as Nova
    /// does.</returns>
    public static bool TryExpand(string template, string? connection, out string expanded)
    {
        expanded = template;
        if (!template.AsSpan().ContainsAny('{', '}'))
        {
            return true;
        }
        if (connection is null || PartsOf(connection) is not { } parts)
        {
            return false;
        }
        var text = new StringBuilder(template.Length + 64);
        for (var i = 0; i < template.Length; i++)
        {
            var character = template[i];
            if (character is not ('{' or '}'))
            {
                text.Append(character);
            }
            else if (i + 1 < template.Length && template[i + 1] == character)
            {
                // A doubled brace stands for one.
                text.Append(character);
                i++;
            }
            else
            {
                var end = character == '{' ? template.IndexOf('}', i) : -1;
                if (end < 0 || !parts.TryGetValue(template[(i + 1)..end], out var part))
                {
                    return false;
                }
                text.Append(part ?? "None");
                i = end;
            }
        }
        expanded = text.ToString();
        return true;
    }

    /// <summary>The parts of a URL as Python's urlparse finds them; null when its port is no number, on which Nova gives up.</summary>
    static Dictionary<string, string?>? PartsOf(string url)
    {
        var rest = url;
        var scheme = Cut(ref rest, "://") ?? "";
        var fragment = CutEnd(ref rest, '#');
        var query = CutEnd(ref rest, '?');
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var authority = slash < 0 ? rest : rest[..slash];
        var parts = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["scheme"] = scheme.ToLowerInvariant(),
            ["query"] = query,
            ["fragment"] = fragment,
            ["path"] = slash < 0 ? "" : rest[slash..].TrimStart('/'),
        };
        var hosts = authority.Split(',');
        if (!Add(parts, authority, ""))
        {
            return null;
        }
        for (var i = 0; hosts.Length > 1 && i < hosts.Length; i++)
        {
            if (!Add(parts, hosts[i], (i + 1).ToString(CultureInfo.InvariantCulture)))
            {
                return null;
            }
        }
        return parts;
    }

    static bool Add(Dictionary<string, string?> parts, string authority, string suffix)
    {
        var at = authority.LastIndexOf('@');
        var credentials = at < 0 ? null : authority[..at];
        var host = authority[(at + 1)..];
        var colon = credentials?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        parts["username" + suffix] = colon < 0 ? credentials : credentials![..colon];
        parts["password" + suffix] = colon < 0 ? null : credentials![(colon + 1)..];

        // An IPv6 address loses its brackets here, as it does in Nova.
        var bracket = host.StartsWith('[') ? host.IndexOf(']', StringComparison.Ordinal) : -1;
        var portColon = host.IndexOf(':', Math.Max(bracket, 0));
        var name =
            bracket > 0 ? host[1..bracket]
            : portColon < 0 ? host
            : host[..portColon];
        var port = portColon < 0 ? "" : host[(portColon + 1)..];
        parts["hostname" + suffix] = name.Length == 0 ? null : name.ToLowerInvariant();
        parts["port" + suffix] = port.Length == 0 ? null : port;
        return port.Length == 0 || ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out _);
    }

    static string? Cut(ref string text, string separator)
    {
        var at = text.IndexOf(separator, StringComparison.Ordinal);
        if (at < 0)
        {
            return null;
        }
        var head = text[..at];
        text = text[(at + separator.Length)..];
        return head;
    }

    static string CutEnd(ref string text, char separator)
    {
        var at = text.IndexOf(separator, StringComparison.Ordinal);
        if (at < 0)
        {
            return "";
        }
        var tail = text[(at + 1)..];
        text = text[..at];
        return tail;
    }
}
