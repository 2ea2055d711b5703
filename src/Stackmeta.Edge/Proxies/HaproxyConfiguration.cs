using System.Text;

namespace Stackmeta.Edge;

/// <summary>
/// The configuration of the haproxy in a namespace, Neutron's with three differences (spec/neutron-metadata.md §1.2): it runs
/// in the foreground and logs to its standard output, because it is supervised; every identity header that a guest
/// might send is removed, however it spells it (LP#1865036); and an address may hold the fewer connections, the more there are, so that
/// there is room for a guest that has none.
/// </summary>
/// <remarks>
/// haproxy counts by address and knows no MAC. With all of <c>maxconn</c> in mind: the last quarter is for addresses with one connection,
/// so that 256 addresses of one guest do not fill it; port security leaves a guest about ten.
/// </remarks>
static class HaproxyConfiguration
{
    /// <param name="logTag">The network's or router's id.</param>
    /// <param name="identityHeader">The header that tells the agent where the request arrived, and its value.</param>
    /// <param name="binds">What to listen on, for example <c>169.254.169.254:80</c>.</param>
    /// <param name="socket">The metadata agent's unix socket.</param>
    public static string Render(
        Guid logTag,
        (string Name, Guid Value) identityHeader,
        IEnumerable<string> binds,
        string socket
    )
    {
        var text = new StringBuilder(
            $"""
            global
                log         stdout format raw local0 info
                log-tag     haproxy-metadata-proxy-{logTag}
                maxconn     1024
                nbthread    2

            defaults
                log global
                mode http
                option httplog
                option dontlognull
                option http-server-close
                option forwardfor
                retries                 3
                timeout http-request    30s
                timeout connect         30s
                timeout client          32s
                timeout server          32s
                timeout http-keep-alive 30s

            listen listener

            """
        );
        foreach (var bind in binds)
        {
            text.Append($"    bind {bind}\n");
        }
        text.Append(
            """

                stick-table type ipv6 size 8k expire 60s store conn_cur
                tcp-request connection track-sc0 src
                tcp-request connection reject if { sc0_conn_cur gt 128 }
                tcp-request connection reject if { fe_conn gt 256 } { sc0_conn_cur gt 16 }
                tcp-request connection reject if { fe_conn gt 512 } { sc0_conn_cur gt 4 }
                tcp-request connection reject if { fe_conn gt 768 } { sc0_conn_cur gt 1 }


            """
        );
        text.Append($"    server metadata {QuotedPath(socket)}\n\n");
        foreach (var header in IdentityHeaders.Names)
        {
            // haproxy keeps header names in lower case.
            text.Append($"    http-request del-header ^{header.Replace("-", "[-_]")}$ -m reg\n");
        }
        text.Append($"    http-request set-header {identityHeader.Name} {identityHeader.Value}\n");
        return text.ToString();
    }

    /// <summary>Whether haproxy can be told this path: no quote, no character that ends a line.</summary>
    public static bool IsUsablePath(string path) =>
        path.StartsWith('/') && path.All(c => c is > ' ' and < '\x7f' and not ('\'' or '"' or '\\' or '$' or '#'));

    static string QuotedPath(string path) =>
        IsUsablePath(path)
            ? path
            : throw new EdgeException(
                $"The socket path '{path}' has characters that haproxy's configuration does not allow."
            );
}
