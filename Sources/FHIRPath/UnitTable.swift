// SPDX-License-Identifier: Apache-2.0

/// The common units of UCUM 2.1 (case sensitive codes) with their prefixes. Temperatures on other scales than kelvin
/// are base units of their own, since their conversion is no factor.
enum UnitTable {
    /// A unit without operators: `cm2`, `[lb_av]`, `10*3`, `100`.
    static func simple(_ text: String) -> UnitMeasure? {
        if let unit = unit(text) { return unit }
        // A trailing exponent: digits with an optional sign.
        var cut = text.endIndex
        while cut > text.startIndex {
            let before = text.index(before: cut)
            guard text[before].isASCII, text[before].isNumber else { break }
            cut = before
        }
        if cut == text.startIndex {
            guard let factor = ExactDecimal(text) else { return nil }
            return UnitMeasure(factor: factor, dimensions: [:])
        }
        guard cut < text.endIndex, let exponent = Int(text[cut...]), exponent < 40 else { return nil }
        var sign = 1
        let before = text.index(before: cut)
        if text[before] == "-" || text[before] == "+", before > text.startIndex {
            sign = text[before] == "-" ? -1 : 1
            cut = before
        }
        return unit(String(text[..<cut]))?.raised(to: sign * exponent)
    }

    private static func unit(_ text: String) -> UnitMeasure? {
        if let atom = atoms[text] { return atom.measure }
        for length in 1...2 where text.utf8.count > length {
            let split = text.index(text.startIndex, offsetBy: length)
            guard let power = prefixes[String(text[..<split])], let atom = atoms[String(text[split...])], atom.metric
            else { continue }
            var measure = atom.measure
            let factor = ExactDecimal(mantissa: ExactDecimal.powers[abs(power)], scale: 0)
            guard let scaled = ExactDecimal.product(power < 0 ? measure.denominator : measure.numerator, factor) else {
                return nil
            }
            if power < 0 { measure.denominator = scaled } else { measure.numerator = scaled }
            return measure
        }
        return nil
    }

    private struct Atom {
        let metric: Bool
        let measure: UnitMeasure
    }

    private static let prefixes: [String: Int] = [
        "Y": 24, "Z": 21, "E": 18, "P": 15, "T": 12, "G": 9, "M": 6, "k": 3, "h": 2, "da": 1, "d": -1, "c": -2,
        "m": -3, "u": -6, "n": -9, "p": -12, "f": -15, "a": -18, "z": -21, "y": -24,
    ]

    /// `code metric? factor definition`, each in terms of base units or of units above it.
    private static let atoms: [String: Atom] = {
        var table: [String: Atom] = [:]
        for base in ["m", "s", "g", "rad", "K", "C", "cd", "mol"] + ["Cel", "eq", "osm", "U"] {
            table[base] = Atom(
                metric: true, measure: UnitMeasure(factor: ExactDecimal(1), dimensions: [base: 1]))
        }
        for base in arbitrary.split(separator: " ") {
            table[String(base)] = Atom(
                metric: base == "[iU]" || base == "[IU]" || base == "B",
                measure: UnitMeasure(factor: ExactDecimal(1), dimensions: [base == "[IU]" ? "[iU]" : String(base): 1]))
        }
        for line in definitions.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count == 4, let factor = ExactDecimal(fields[2]) else { continue }
            var measure = UnitMeasure(factor: factor, dimensions: [:])
            for part in fields[3].split(separator: ".") where part != "1" {
                let inverted = part.hasPrefix("/")
                var name = String(inverted ? part.dropFirst() : part)
                var power = 1
                if let last = name.last, let digit = last.wholeNumberValue, name.count > 1 {
                    power = digit
                    name.removeLast()
                }
                guard let atom = table[name]?.measure.raised(to: power),
                    let next = measure.times(atom, inverted: inverted)
                else { continue }
                measure = next
            }
            table[String(fields[0])] = Atom(metric: fields[1] == "+", measure: measure)
        }
        return table
    }()

    private static let arbitrary =
        "[iU] [IU] [arb'U] [USP'U] [GPL'U] [MPL'U] [APL'U] [degF] [pH] B Np bit [CFU] [FFU] [PFU] [CCID_50] [TCID_50] [HPF] [LPF]"

    private static let definitions = """
        10* - 10 1
        10^ - 10 1
        % - 0.01 1
        [ppth] - 0.001 1
        [ppm] - 0.000001 1
        [ppb] - 0.000000001 1
        [pi] - 3.1415926535897932384626433832795 1
        min - 60 s
        h - 60 min
        d - 24 h
        wk - 7 d
        a_j - 365.25 d
        a - 365.25 d
        a_g - 365.2425 d
        mo - 30.4375 d
        mo_j - 30.4375 d
        Hz + 1 /s
        N + 1000 g.m./s2
        Pa + 1 N./m2
        J + 1 N.m
        W + 1 J./s
        A + 1 C./s
        V + 1 J./C
        F + 1 C./V
        Ohm + 1 V./A
        S + 1 A./V
        Wb + 1 V.s
        T + 1 Wb./m2
        H + 1 Wb./A
        lm + 1 cd.rad2
        lx + 1 lm./m2
        Bq + 1 /s
        Gy + 1 J./g
        Sv + 1 J./g
        kat + 1 mol./s
        L + 0.001 m3
        l + 0.001 m3
        ar + 100 m2
        t + 1000000 g
        bar + 100000 Pa
        u + 0.00000000000000000000000166053 g
        eV + 0.000000000000000000160217 J
        deg - 0.017453292519943295769236907685 rad
        gon - 0.015707963267948966192313216916 rad
        ' - 0.00029088820866572159615394846142 rad
        '' - 0.0000048481368110953599358991410236 rad
        dyn + 0.00001 N
        erg + 0.0000001 J
        P + 0.1 Pa.s
        cal + 4.184 J
        cal_th + 4.184 J
        [Cal] - 4184 J
        [kcal_IT] - 4186.8 J
        atm - 101325 Pa
        m[Hg] + 133322 Pa
        m[H2O] + 9806.65 Pa
        [psi] - 6894.757293168 Pa
        [in_i] - 0.0254 m
        [in_us] - 0.0254000508001016002 m
        [ft_i] - 12 [in_i]
        [yd_i] - 3 [ft_i]
        [mi_i] - 5280 [ft_i]
        [nmi_i] - 1852 m
        [sin_i] - 1 [in_i]2
        [sft_i] - 1 [ft_i]2
        [syd_i] - 1 [yd_i]2
        [cin_i] - 1 [in_i]3
        [cft_i] - 1 [ft_i]3
        [kn_i] - 0.51444444444444444444 m./s
        [gr] - 0.06479891 g
        [lb_av] - 7000 [gr]
        [oz_av] - 28.349523125 g
        [dr_av] - 1.7718451953125 g
        [scwt_av] - 100 [lb_av]
        [ston_av] - 2000 [lb_av]
        [stone_av] - 14 [lb_av]
        [oz_tr] - 31.1034768 g
        [lb_tr] - 373.2417216 g
        [gal_us] - 231 [cin_i]
        [qt_us] - 0.946352946 L
        [pt_us] - 0.473176473 L
        [foz_us] - 0.0295735295625 L
        [cup_us] - 0.2365882365 L
        [tbs_us] - 0.01478676478125 L
        [tsp_us] - 0.00492892159375 L
        [cup_m] - 0.00024 m3
        [drp] - 0.00005 L
        [gal_br] - 4.54609 L
        [pt_br] - 0.56826125 L
        [foz_br] - 0.0284130625 L
        [lbf_av] - 4.4482216152605 N
        [car_m] - 0.2 g
        [c] + 299792458 m./s
        [g] + 9.80665 m./s2
        Ci + 37000000000 Bq
        R + 0.000258 C./g
        RAD + 0.00001 J./g
        REM + 0.00001 J./g
        st + 1 m3
        Ao - 0.0000000001 m
        b - 0.0000000000000000000000000001 m2
        By + 8 bit
        Bd + 1 /s
        """
}
