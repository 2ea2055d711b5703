using System.Diagnostics;

namespace Stackmeta;

/// <summary>Where in the program a fault is, for who mends it. What .NET says of it would help nobody else.</summary>
static class FaultPlace
{
    /// <summary>The innermost method of the program itself, and the one that called it.</summary>
    public static string Of(Exception fault)
    {
        var own = new StackTrace(fault, fNeedFileInfo: false)
            .GetFrames()
            .Select(static frame => DiagnosticMethodInfo.Create(frame))
            .Where(static method =>
                method?.DeclaringTypeName?.StartsWith(nameof(Stackmeta), StringComparison.Ordinal) == true
            )
            .Select(static method => NameOf(method!))
            .Distinct()
            .Take(2)
            .ToList();
        return own.Count > 0 ? string.Join(", called by ", own) : "unknown";
    }

    /// <summary>Without what the compiler adds: <c>Stackmeta.X+&lt;RunAsync&gt;d__3.MoveNext</c> is X.RunAsync.</summary>
    static string NameOf(DiagnosticMethodInfo method)
    {
        var whole = $"{method.DeclaringTypeName}.{method.Name}";
        var open = whole.IndexOf('<', StringComparison.Ordinal);
        var close = whole.IndexOf('>', StringComparison.Ordinal);
        var name = open < 0 || close < open ? method.Name : whole[(open + 1)..close];
        var type = method.DeclaringTypeName!.Split('+')[0];
        return $"{type[(type.LastIndexOf('.') + 1)..]}.{name}";
    }
}
